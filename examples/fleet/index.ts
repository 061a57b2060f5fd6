import * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

interface Node {
  readonly connection: lvm.ConnectionArgs;
  readonly disk: string;
  readonly poolSize: string;
  /** Sizes of its volumes by name, and the tier that the backup policies go by. */
  readonly volumes: Record<string, { readonly size: string; readonly tier: string }>;
}

const config = new pulumi.Config();
const nodes = config.requireObject<Record<string, Node>>("nodes");

for (const [name, { connection, disk, poolSize, volumes }] of Object.entries(nodes)) {
  const host = new lvm.Host(name, { connection });
  const volumeGroup = new lvm.VolumeGroup(`${name}-group`, { host, name: "fleet", disks: [disk] });
  const pool = new lvm.ThinPool(`${name}-pool`, { volumeGroup, name: "pool", size: poolSize });
  for (const [volume, { size, tier }] of Object.entries(volumes)) {
    new lvm.Volume(`${name}-${volume}`, { pool, name: volume, size, fileSystem: "ext4", labels: { tier } });
  }
}

const target = new lvm.BackupTarget("offsite", { prefix: pulumi.getStack() });

// After the volumes: a policy is for those that are declared before it.
lvm.BackupPolicy.fromFile("backup-policies.yaml", { target });

// Keep it where the loss of this stack's state does not reach: without it nobody reads the backups.
export const masterKey = target.masterKey;
