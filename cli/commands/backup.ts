import type { Command } from "commander";
import { backupRequest, programRequest, SPARE_SECONDS } from "../../provider/hosts/backups/backup-request.js";
import { callBackupProgram } from "../../provider/hosts/backups/call-backup-program.js";
import { backupOutcome } from "../../provider/hosts/backups/recovery-point.js";
import { BACKUP_DEADLINE_SECONDS } from "../../provider/model/inputs/backup.js";
import { formatSize } from "../../provider/model/size.js";
import { type BackupOptions, backupOf } from "../stack/chosen-backup.js";
import { printMessage } from "../stack/stack-command.js";
import { showProgress } from "../terminal/show-progress.js";

interface BackupCommandOptions extends BackupOptions {
  readonly startOver?: true;
}

/** `pulumi-lvm backup` */
export function backupCommand(): Command {
  const summary = "make a recovery point of a volume now, beside those that the program declares";
  return backupOf<BackupCommandOptions>("backup", summary, async (chosen, state, options) => {
    const { target, volumeId, host, logicalVolume } = chosen;
    const [, volumeName = ""] = logicalVolume.split("/");
    const outcome = await showProgress(options.json === true, (onProgress) =>
      callBackupProgram(
        host,
        {
          command: "backup",
          title: `back up volume "${logicalVolume}" to target "${target.name}"`,
          request: programRequest(
            target,
            volumeId,
            backupRequest({
              volumeId,
              volumeName,
              host,
              stack: state.known.stack,
              deadlineSeconds: BACKUP_DEADLINE_SECONDS,
              startOver: options.startOver === true,
            }),
          ),
          seconds: BACKUP_DEADLINE_SECONDS + SPARE_SECONDS,
          onProgress,
        },
        backupOutcome,
      ),
    );
    const { id, bytesRead, bytesSent, full, warnings = [] } = outcome;
    for (const each of warnings) printMessage("warning", each);
    return {
      json: { recoveryPoint: outcome },
      text: `Recovery point ${id}: ${formatSize(bytesRead)} read, ${formatSize(bytesSent)} sent${full ? `; all was read, because ${full}` : ""}`,
      failures: [],
      hasFindings: false,
    };
  })
    .requiredOption("--now", "say that it is meant: a backup takes time and room")
    .option("--start-over", "go on without recovery points that were there and are gone, and make the repository anew");
}
