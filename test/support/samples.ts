import type { Kind } from "../../provider/index.js";
import { connection, type HostRef } from "../../provider/model/connection.js";

/** What Pulumi's engine sends in place of a value that is not known yet (sdk/nodejs/runtime/rpc.ts, `unknownValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const MACHINE_ID = "0123456789abcdef0123456789abcdef";

/** A host as it stands in the state. Nothing listens at its address. */
export const hostRef: HostRef = {
  name: "db1",
  machineId: MACHINE_ID,
  connection: connection.parse({
    address: "127.0.0.1",
    port: 1,
    privateKeyFile: "/nonexistent",
    connectTimeoutSeconds: 5,
  }),
};

/** The owner of a resource of the stack that the samples belong to. */
export const ownerOf = (kind: string, name: string): string => `acme/infra/prod/${kind}/${name}`;

const target = {
  name: "offsite",
  endpoint: "https://s3.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  bucket: "backups",
  prefix: "prod",
  accessKeyId: "AKIAEXAMPLE",
  secretAccessKey: "not-a-key",
  masterKey: Buffer.alloc(32, 7).toString("base64"),
};

/** The least that a program says of a resource of each kind, beside host and owner. */
export const sampleInputs: Record<Kind, object> = {
  host: {},
  volumeGroup: { name: "fast", disks: ["/dev/sdb", "/dev/sdc"] },
  thinPool: { volumeGroup: "fast", name: "pool", size: "1GiB" },
  volume: { volumeGroup: "fast", pool: "pool", name: "data", size: "1GiB" },
  attachment: {
    volumeId: "11111111-2222-3333-4444-555555555555",
    volumeGroup: "fast",
    volumeName: "data",
    microVm: "db",
    driveId: "data",
  },
  snapshot: {
    volumeId: "11111111-2222-3333-4444-555555555555",
    volumeGroup: "fast",
    volumeName: "data",
    isThin: true,
    name: "before",
  },
  backup: {
    volumeId: "11111111-2222-3333-4444-555555555555",
    volumeGroup: "fast",
    volumeName: "data",
    target,
  },
  backupSchedule: {
    volumeId: "11111111-2222-3333-4444-555555555555",
    volumeGroup: "fast",
    volumeName: "data",
    isThin: true,
    target,
    policy: "nightly",
    schedule: "daily",
  },
};
