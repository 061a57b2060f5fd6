import * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

const config = new pulumi.Config();
const { connection, disk } = config.requireObject<{ connection: lvm.ConnectionArgs; disk: string }>("host");

const host = new lvm.Host("db1", { connection });
const group = new lvm.VolumeGroup("group", { host, name: "vault", disks: [disk] });
const pool = new lvm.ThinPool("pool", { volumeGroup: group, size: "2GiB" });
const size = "1GiB";
const deletionPolicy = config.getBoolean("forceDestroy") ? "delete" : "tombstone";
const data = new lvm.Volume("data", { pool, size, fileSystem: "ext4", deletionPolicy });

// A bucket of this stack. In AWS it needs neither endpoint nor certificate authority.
const endpoint = config.get("endpoint");
const caCertificate = config.get("caCertificate");
const target = new lvm.BackupTarget("offsite", {
  prefix: pulumi.getStack(),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(caCertificate === undefined ? {} : { caCertificate }),
  forceDestroy: config.getBoolean("forceDestroy") ?? false,
});

// A backup as a step of the deployment: one for each release, before anything else of the release happens.
const backup = new lvm.Backup("data-release", { volume: data, target, triggers: [config.get("release") ?? "1"] });

// Backups that run by themselves, on the host: each night, and each month a restore that is tried out.
if (config.getBoolean("policy")) {
  const verification = { afterBackup: true, drill: "monthly" };
  new lvm.BackupPolicy("nightly", { volumes: [data], target, schedule: "daily", verification });
}

// A restore is a new volume. Its source is checked at preview, and it appears whole or not at all.
if (config.getBoolean("restore")) {
  new lvm.Volume("data-restored", { pool, size, fileSystem: "ext4", deletionPolicy, source: { backup } });
}

export const recoveryPoint = backup.recoveryPoint;
export const bytesRead = backup.bytesRead;
export const bytesSent = backup.bytesSent;
export const masterKey = target.masterKey;
