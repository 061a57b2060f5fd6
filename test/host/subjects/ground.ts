import { readFileSync } from "node:fs";
import { repositoryPassword } from "../../../provider/hosts/backups/repository-password.js";
import { type LabHost, labHosts, labS3 } from "../../lab/index.js";
import { Managed, type refTo } from "../managed.js";

// What the subjects of the conformance suite stand on.

const [host] = labHosts() as [LabHost];
/** Disks of the lab host. */
export const [disk, secondDisk] = host.disks as [string, string];
const server = labS3();

/** The bucket of their backups; whoever runs the suite makes it. */
export const BUCKET = `conformance-${Date.now().toString(36)}`;
/** Of something that is not theirs. */
export const OTHER_ID = "99999999-2222-3333-4444-555555555555";

/** The host of all of them, which whoever runs the suite fills in. */
export const on = { host: {} as ReturnType<typeof refTo> };
export const owner = (kind: string, name: string): string => `organization/conformance/dev/${kind}/${name}`;

/** The resources that others stand on. */
export const node = { resource: new Managed("host", {}), inputs: () => hostInputs() };
export const group = { resource: new Managed("volumeGroup", {}), inputs: () => groupInputs() };
export const pool = { resource: new Managed("thinPool", {}), inputs: () => poolInputs() };
export const data = {
  resource: new Managed("volume", {}),
  inputs: () => ({ ...thinInputs(), deleteUnverified: true }),
};
/** Leaves the base of the next backup behind. */
export const earlier = {
  resource: new Managed("backup", {}),
  inputs: () => ({ ...backupInputs(), owner: owner("backup", "earlier"), onDelete: "keep" }),
};
type Ground = typeof node;

/** Brings about just these: each subject finds nothing else on the host. */
export function standingOn(...wanted: Ground[]): () => Promise<void> {
  return async () => {
    for (const each of [earlier, data, pool, group, node]) if (!wanted.includes(each)) await each.resource.destroy();
    for (const { resource, inputs } of wanted) await resource.up(inputs());
  };
}

export const hostInputs = () => ({ host: { ...on.host, machineId: "" }, owner: owner("host", "node") });
export const groupInputs = () => ({ ...on, owner: owner("volumeGroup", "fast"), name: "fast", disks: [disk] });
export const poolInputs = () => ({
  ...on,
  owner: owner("thinPool", "pool"),
  volumeGroup: "fast",
  name: "pool",
  size: "1GiB",
  autoextend: { threshold: 80, percent: 20 },
});
export const thinInputs = () => ({
  ...on,
  owner: owner("volume", "data"),
  volumeGroup: "fast",
  pool: "pool",
  name: "data",
  size: "256MiB",
  fileSystem: "ext4",
  labels: { tier: "gold" },
  deletionPolicy: "delete",
});
export const ofData = () => ({ ...on, volumeId: data.resource.id, volumeGroup: "fast", volumeName: "data" });

const masterKey = Buffer.alloc(32, 6).toString("base64");
const { endpoint, region, accessKeyId, secretAccessKey } = server;
export const target = {
  name: "lab",
  ...{ endpoint, region, bucket: BUCKET, prefix: "", accessKeyId, secretAccessKey, masterKey },
  caCertificate: readFileSync(server.caCertificateFile, "utf8"),
};
export const targetSecrets = () => [secretAccessKey, masterKey, repositoryPassword(masterKey, data.resource.id ?? "")];
export const backupInputs = () => ({ ...ofData(), owner: owner("backup", "now"), target, onDelete: "forget" });
