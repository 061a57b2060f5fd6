import type { LabHost, LabS3 } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";
import { existingTarget } from "./existing-target.js";

/** Somebody broke something that the hook before a backup looks at. */
export const BROKEN = "/root/pulumi-lvm-broken";

/** A volume whose backups run often, one whose backups seldom do, and one under no policy. */
export function oftenAndSeldom(host: LabHost, server: LabS3, bucket: string) {
  const volume = { pool: "pool", size: "32MiB", deletionPolicy: "delete" };
  const { hosts, ...rest } = oneHost(host);
  return {
    ...rest,
    hosts: { node: { connection: { ...hosts["node"]?.connection, connectTimeoutSeconds: 5 } } },
    existingTargets: { offsite: existingTarget(server, bucket) },
    // Nothing is ever backed up of the idle one.
    volumes: { data: volume, idle: { ...volume, deleteUnverified: true }, scratch: volume },
    policies: {
      often: {
        target: "offsite",
        volumes: ["data"],
        // Each 20 seconds.
        schedule: "*-*-* *:*:00/20",
        maxAge: "1h",
        retention: { last: 3 },
        hooks: { before: { command: `test ! -e ${BROKEN}` } },
      },
      seldom: { target: "offsite", volumes: ["idle"], schedule: "yearly" },
    },
    backupStatus: { seen: { host: "node" } },
  } satisfies Spec;
}

/** The same with the target under another name, which keeps its key by an alias; nothing runs by itself any more. */
export function underArchive(base: ReturnType<typeof oftenAndSeldom>) {
  const { often, seldom } = base.policies;
  return {
    ...base,
    existingTargets: { archive: { ...base.existingTargets.offsite, options: { aliases: [{ name: "offsite" }] } } },
    policies: {
      often: { ...often, target: "archive", schedule: "monthly", maxAge: "32d" },
      seldom: { ...seldom, target: "archive" },
    },
  };
}
