import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { programRequest, SPARE_SECONDS } from "../../provider/hosts/backups/backup-request.js";
import { callBackupProgram } from "../../provider/hosts/backups/call-backup-program.js";
import { type BackupOptions, backupOf } from "../stack/chosen-backup.js";
import { showProgress } from "../terminal/show-progress.js";

interface VerifyOptions extends BackupOptions {
  readonly recoveryPoint: string;
  readonly readData: string;
}

/** Reading all of a repository may take days. */
const VERIFY_SECONDS = 7 * 86_400;

const verified = z.object({ recoveryPoint: z.object({ id: z.string(), time: z.string() }) }).loose();

/** `pulumi-lvm verify` */
export function verifyCommand(): Command {
  const summary = "read a volume's repository, compare a recovery point with its manifest, and note when it is good";
  return backupOf<VerifyOptions>("verify", summary, async ({ target, volumeId, host, resource }, _state, options) => {
    const { recoveryPoint, readData } = options;
    const outcome = await showProgress(options.json === true, (onProgress) =>
      callBackupProgram(
        host,
        {
          command: "verify",
          title: `verify recovery point ${recoveryPoint} of volume "${resource}" in target "${target.name}"`,
          request: programRequest(target, volumeId, {
            recoveryPoint,
            readData: readData === "all" ? true : readData,
            limits: { deadlineSeconds: VERIFY_SECONDS },
          }),
          seconds: VERIFY_SECONDS + SPARE_SECONDS,
          onProgress,
        },
        verified,
      ),
    );
    return {
      json: { verified: outcome },
      text: `Recovery point ${outcome.recoveryPoint.id} of ${outcome.recoveryPoint.time} is whole`,
      failures: [],
      hasFindings: false,
    };
  })
    .option("--recovery-point <id>", "the recovery point; default: the newest", "latest")
    .addOption(
      new Option("--read-data <share>", "how much of the repository's packs is read: all, or a share such as 5%")
        .default("all")
        .argParser(share),
    );
}

function share(text: string): string {
  if (text === "all" || /^(?:100|[1-9]\d?)(?:\.\d+)?%$/.test(text)) return text;
  throw new InvalidArgumentError('"all" or a share such as 5% is needed');
}
