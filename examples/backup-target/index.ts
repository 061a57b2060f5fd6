import * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

const config = new pulumi.Config();

// A bucket that keeps what hosts delete or overwrite for 60 days, and lets nobody remove a version for the first 14.
const target = new lvm.BackupTarget("backups", {
  prefix: pulumi.getStack(),
  noncurrentDays: 60,
  objectLock: { mode: "GOVERNANCE", days: 14 },
  forceDestroy: config.getBoolean("forceDestroy") ?? false,
  tags: { purpose: "volume backups" },
});

// Another stack takes the whole reference; escrow the key: without it nobody can read a backup.
export const backups = target.ref;
export const masterKey = target.masterKey;
