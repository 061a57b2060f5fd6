import * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

const config = new pulumi.Config();
const { connection, disk } = config.requireObject<{ connection: lvm.ConnectionArgs; disk: string }>("host");

const host = new lvm.Host("db1", { connection });
const group = new lvm.VolumeGroup("group", { host, name: "fast", disks: [disk] });
// A snapshot may come to hold as much as its volume: the pool may promise its volumes and snapshots twice what it has.
const pool = new lvm.ThinPool("pool", { volumeGroup: group, size: "100GiB", maxOvercommit: 2 });
const data = new lvm.Volume("data", { pool, size: "20GiB", fileSystem: "ext4" });

// What the volume holds before a migration of the schema: at once, while the microVM runs.
const before = new lvm.Snapshot("before-migration", { volume: data, labels: { reason: "schema 42" } });

// A copy to try the migration on, in another microVM. Nothing that is written to it reaches the volume.
const trial = new lvm.Volume("trial", { pool, source: { snapshot: before }, deletionPolicy: "delete" });
new lvm.Attachment("trial", { volume: trial, microVm: "trial" });

// The way back is another volume: what the migration made of the first one stays until somebody deletes it.
const isRolledBack = config.getBoolean("rollBack") ?? false;
const current = isRolledBack ? new lvm.Volume("data-again", { pool, source: { snapshot: before } }) : data;

// An Attachment is one lease, so the other volume has one of its own.
const lease = isRolledBack ? "db-data-again" : "db-data";
export const drive = new lvm.Attachment(lease, { volume: current, microVm: "db" }).drive;
export const takenAt = before.time;
