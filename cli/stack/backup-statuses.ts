import type { BackupStatus } from "../../provider/hosts/backups/backup-status.js";
import { readBackupStatus } from "../../provider/hosts/backups/read-backup-status.js";
import { ScriptError } from "../../provider/hosts/errors.js";
import { type Answers, callHosts } from "./call-hosts.js";
import type { StackHost, StackState } from "./stack-state.js";

/**
 * The status of backups on hosts. A host without programs for backups has none, which is no failure while the stack backs up nothing
 * there.
 */
export function backupStatuses(
  { backups }: Pick<StackState, "backups">,
  hosts: readonly StackHost[],
): Promise<Answers<BackupStatus>> {
  return callHosts(hosts, async (host) => {
    try {
      return await readBackupStatus(host);
    } catch (error) {
      const isFine = error instanceof ScriptError && error.code === "program";
      if (isFine && !backups.some((each) => each.host.machineId === host.machineId)) return noBackups(host.name);
      throw error;
    }
  });
}

const noBackups = (host: string): BackupStatus => ({
  host,
  time: new Date().toISOString(),
  backups: [],
  schedules: [],
  pools: [],
});
