import * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

interface HostConfig {
  connection: lvm.ConnectionArgs;
  disk: string;
}

const config = new pulumi.Config();
const [db, web] = config.requireObject<[HostConfig, HostConfig]>("hosts");

// Two machines, each with a volume group on one disk and a thin pool in it.
const db1 = new lvm.Host("db1", { connection: db.connection });
const dbGroup = new lvm.VolumeGroup("db-group", { host: db1, name: "fast", disks: [db.disk] });
const dbPool = new lvm.ThinPool("db-pool", { volumeGroup: dbGroup, name: "pool", size: "4GiB" });

const web1 = new lvm.Host("web1", { connection: web.connection });
const webGroup = new lvm.VolumeGroup("web-group", { host: web1, name: "fast", disks: [web.disk] });
const webPool = new lvm.ThinPool("web-pool", { volumeGroup: webGroup, name: "pool", size: "2GiB" });

const graceDays = config.getNumber("graceDays") ?? 7;
const deletionPolicy = graceDays === 0 ? "delete" : "tombstone";

const data = new lvm.Volume("data", {
  pool: dbPool,
  size: config.get("dataSize") ?? "1GiB",
  fileSystem: "ext4",
  labels: { tier: "gold" },
  deletionPolicy,
  graceDays,
});
const wal = new lvm.Volume("wal", { pool: dbPool, size: "512MiB", deletionPolicy, graceDays });
const site = new lvm.Volume("site", { pool: webPool, size: "512MiB", fileSystem: "xfs", deletionPolicy, graceDays });

// The database's microVM gets both of its volumes; they must be on one host, and this says on which.
const where = lvm.placement([data, wal]);
const dbData = new lvm.Attachment("db-data", { volume: data, microVm: "db", isRootDevice: true });
const dbWal = new lvm.Attachment("db-wal", { volume: wal, microVm: "db" });
const webSite = new lvm.Attachment("web-site", { volume: site, microVm: "web", microVmHost: web1 });

export const dbRunsOn = where.host;
export const dbDrives = pulumi.all([dbData.drive, dbWal.drive]);
export const webDrive = webSite.drive;
