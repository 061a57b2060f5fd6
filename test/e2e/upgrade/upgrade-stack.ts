import { type LabHost, type LabS3, shOk } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";

/** Name of the stack: owners on the host carry it, so that a test must give its stack the same. */
export const STACK = "upgrade";
export const BUCKET = "upgrade";

/** Opens the repositories of the fixture, and nothing else. */
export const MASTER_KEY = Buffer.alloc(32, 3).toString("base64");

export const secretsOf = (server: Pick<Identity, "secretAccessKey">): Record<string, string> => ({
  masterKey: MASTER_KEY,
  s3: server.secretAccessKey,
});

/** What differs from lab to lab. */
export interface Identity {
  readonly address: string;
  readonly hostKey: string;
  readonly privateKeyFile: string;
  readonly machineId: string;
  readonly disk: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly caCertificate: string;
}

/** What stands in the fixture for it: no usable secret, no address. */
export const PLACEHOLDERS: Identity = {
  // First: the address of a host may begin as it does.
  endpoint: "https://s3.upgrade.example",
  address: "host.upgrade.example",
  hostKey: "ssh-ed25519 placeholder-of-the-host-key",
  privateKeyFile: "/placeholder/of/the/private/key",
  machineId: "placeholder-of-the-machine-id",
  disk: "/dev/placeholder",
  accessKeyId: "placeholder-of-the-access-key",
  secretAccessKey: "placeholder-of-the-secret-key",
  caCertificate: "-----BEGIN CERTIFICATE-----\nplaceholder\n-----END CERTIFICATE-----\n",
};

/** JSON within JSON, as a secret in a state is. */
const DEPTH = 4;

/** Text that tells of one lab made to tell of another. */
export function translate(text: string, from: Identity, to: Identity): string {
  let translated = text;
  for (const key of Object.keys(PLACEHOLDERS) as (keyof Identity)[]) {
    let [was, is] = [from[key], to[key]];
    for (let depth = 0; depth < DEPTH; depth += 1) {
      translated = translated.replaceAll(was, () => is);
      [was, is] = [was, is].map((each) => JSON.stringify(each).slice(1, -1)) as [string, string];
    }
  }
  return translated;
}

/** Makes what files of ours on a host tell of one lab tell of another: the schedule's document, and the records of the backups. */
export async function translateFiles(host: LabHost, from: Identity, to: Identity): Promise<void> {
  const found = await shOk(host, `grep -r -l -F -e '${from.endpoint}' /etc/pulumi-lvm /var/lib/pulumi-lvm`);
  for (const file of found.trim().split("\n")) {
    const text = await shOk(host, `cat '${file}'`);
    await shOk(host, `cat >'${file}'`, { input: translate(text, from, to) });
  }
}

/** Every kind of resource, as small as can be. */
export function upgradeSpec(host: LabHost, server: LabS3, caCertificate: string): Spec {
  const disk = host.disks[1] ?? "";
  return {
    ...oneHost(host),
    groups: { fast: { host: "node", disks: [disk] } },
    pools: { pool: { volumeGroup: "fast", size: "96MiB", autoextend: { threshold: 80, percent: 20 } } },
    volumes: {
      data: {
        pool: "pool",
        size: "32MiB",
        fileSystem: "ext4",
        labels: { tier: "gold" },
        deletionPolicy: "delete",
      },
      raw: { volumeGroup: "fast", size: "16MiB", deletionPolicy: "delete" },
    },
    attachments: { lease: { volume: "data", microVm: "db" } },
    existingTargets: {
      offsite: {
        endpoint: server.endpoint,
        bucket: BUCKET,
        prefix: "fleet",
        caCertificate,
        masterKey: { secret: "masterKey" },
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: { secret: "s3" } },
      },
      // Its master key is made, and lies in the state.
      spare: {
        endpoint: server.endpoint,
        bucket: BUCKET,
        prefix: "spare",
        caCertificate,
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: { secret: "s3" } },
      },
    },
    backups: { now: { volume: "raw", target: "offsite" } },
    policies: {
      nightly: {
        target: "offsite",
        match: { tier: "gold" },
        schedule: "Mon..Fri 02:30",
        timeZone: "Europe/Berlin",
        jitter: "15m",
        maxAge: "10d",
        retention: { last: 3, prune: "Sun 04:00" },
        verification: { drill: "monthly" },
        hooks: { onFailure: { command: "true" } },
      },
    },
  };
}
