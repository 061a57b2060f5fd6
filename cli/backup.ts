import type { Command } from "commander";
import { askBackupProgram } from "../provider/backup/ask-backup-program.js";
import { backupRequest, programRequest } from "../provider/backup/backup-request.js";
import { backupOutcome } from "../provider/backup/recovery-point.js";
import { formatSize } from "../provider/schema/size.js";
import { type BackupOptions, chosenBackup } from "./chosen-backup.js";
import { showProgress } from "./show-progress.js";
import { stackCommand } from "./stack-command.js";

/** Time for one backup, in seconds. */
const DEADLINE_SECONDS = 86_400;

/** `pulumi-lvm backup` */
export function backupCommand(): Command {
  const summary = "make a recovery point of a volume now, beside those that the program declares";
  return stackCommand<BackupOptions>("backup", summary, async (state, _hosts, options, [volume = ""]) => {
    const chosen = chosenBackup(state, volume, options.target);
    const { target, volumeId, host } = chosen;
    const outcome = await showProgress(options.json === true, (onProgress) =>
      askBackupProgram(
        host,
        {
          command: "backup",
          title: `back up volume "${chosen.volumeGroup}/${chosen.volumeName}" to target "${target.name}"`,
          request: programRequest(
            target,
            volumeId,
            backupRequest({ ...chosen, stack: state.known.stack, deadlineSeconds: DEADLINE_SECONDS }),
          ),
          seconds: DEADLINE_SECONDS,
          onProgress,
        },
        backupOutcome,
      ),
    );
    const { id, bytesRead, bytesSent, full } = outcome;
    return {
      json: { recoveryPoint: outcome },
      text: `Recovery point ${id}: ${formatSize(bytesRead)} read, ${formatSize(bytesSent)} sent${full ? `; all was read, because ${full}` : ""}`,
      failures: [],
      hasFindings: false,
    };
  })
    .argument("<volume>", "its id, its Volume resource, or its logical volume")
    .requiredOption("--now", "say that it is meant: a backup takes time and room")
    .option("--target <name>", "the target, by the name of its BackupTarget, when the volume has several");
}
