import * as pulumi from "@pulumi/pulumi";
import type { BackupStatus } from "../provider/hosts/backups/backup-status.js";
import { live } from "./live.js";
import type { HostInput } from "./refs.js";

/**
 * What a host, or each of several, says of the backups of its volumes, read when the program runs: those of other stacks too. It
 * waits for what the program has declared on the host so far, schedules included, and not for a backup that is under way.
 * @throws {pulumi.RunError} Through the output, if a host cannot be asked.
 */
export function backupStatus(host: HostInput): pulumi.Output<BackupStatus>;
export function backupStatus(hosts: readonly HostInput[]): pulumi.Output<BackupStatus[]>;
export function backupStatus(
  hosts: HostInput | readonly HostInput[],
): pulumi.Output<BackupStatus> | pulumi.Output<BackupStatus[]> {
  return isList(hosts) ? pulumi.all(hosts.map(statusOf)) : statusOf(hosts);
}

const isList = (hosts: HostInput | readonly HostInput[]): hosts is readonly HostInput[] => Array.isArray(hosts);

function statusOf(host: HostInput): pulumi.Output<BackupStatus> {
  return live(host, async (hostRef) => {
    const { readBackupStatus } = await import("../provider/hosts/backups/read-backup-status.js");
    return readBackupStatus(hostRef);
  });
}
