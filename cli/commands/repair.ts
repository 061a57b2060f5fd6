import type { Command } from "commander";
import { listRecoveryPoints } from "../../provider/hosts/backups/call-backup-program.js";
import { type RepairOutcome, repairRepository } from "../../provider/hosts/backups/repair-repository.js";
import { formatSize } from "../../provider/model/size.js";
import { type BackupOptions, backupOf } from "../stack/chosen-backup.js";
import { showProgress } from "../terminal/show-progress.js";
import { requireTypedBack } from "../terminal/typed-back.js";

interface RepairOptions extends BackupOptions {
  readonly yes?: true;
}

/** Reading all of a repository may take days. */
const REPAIR_SECONDS = 7 * 86_400;

/** `pulumi-lvm repair` */
export function repairCommand(): Command {
  const summary =
    "after damage: forget the recovery points that are damaged, for good, back all of the volume up, and read all of it back";
  return backupOf<RepairOptions>("repair", summary, async (chosen, state, options) => {
    const { target, resource, volumeId, host, logicalVolume } = chosen;
    if (options.yes !== true) {
      const points = await listRecoveryPoints(host, target, volumeId);
      const sizeBytes = points.at(-1)?.sizeBytes;
      await requireTypedBack(costText(resource, target.name, points.length, sizeBytes), resource);
    }
    const [, volumeName = ""] = logicalVolume.split("/");
    const backup = { volumeId, volumeName, host, stack: state.known.stack, deadlineSeconds: REPAIR_SECONDS };
    const outcome = await showProgress(options.json === true, (onProgress) =>
      repairRepository(host, target, logicalVolume, backup, onProgress),
    );
    return { json: { repaired: outcome }, text: repairText(outcome), failures: [], hasFindings: false };
  }).option("--yes", "do not ask for the volume's name to be typed back");
}

/** What a repair takes, before it begins. */
export function costText(volume: string, target: string, points: number, sizeBytes: number | undefined): string {
  const size = sizeBytes === undefined ? "all of it" : `its ${formatSize(sizeBytes)}`;
  const all = points === 1 ? "the recovery point" : `the ${points} recovery points`;
  return [
    `This reads ${all} of volume "${volume}" in target "${target}" and forgets each that is damaged, for good, with all`,
    `data that only they need. Then it reads the volume, ${size}, sends what the target lacks by then, and reads the target once more.`,
    "No other backup of the volume is made meanwhile. Objects that are locked keep their room until the lock is over.",
  ].join("\n");
}

/** What a repair came to. */
export function repairText({ dropped, kept, backup }: RepairOutcome): string {
  const gone = dropped.map(({ id, time }) => `Forgotten, as it was damaged: ${id} of ${time}`);
  const sent = `${formatSize(backup.bytesRead)} read, ${formatSize(backup.bytesSent)} sent`;
  const verb = kept.length === 1 ? "is" : "are";
  const rest = kept.length === 0 ? "" : `; ${kept.length} of before ${verb} whole and verified too`;
  return [...gone, `Recovery point ${backup.id} is verified: ${sent}${rest}`].join("\n");
}
