import { z } from "zod";
import type { BackupTargetRef } from "../../model/backup-target.js";
import type { HostRef } from "../../model/connection.js";
import { channelTo } from "../channels.js";
import { actorJson } from "../events/actor.js";
import { type BackupOptions, backupRequest, programRequest, targetWord } from "./backup-request.js";
import { outcomeOf } from "./call-backup-program.js";
import { type BackupProgress, readProgress } from "./progress.js";
import { backupOutcome, recoveryPoint } from "./recovery-point.js";

const repairOutcome = z.object({
  /** Recovery points that were damaged and are gone. */
  dropped: z.array(recoveryPoint),
  /** Recovery points of before that were read and are whole. */
  kept: z.array(recoveryPoint),
  /** The one that was made anew. */
  backup: backupOutcome,
});

/** What a repair came to. */
export type RepairOutcome = z.output<typeof repairOutcome>;

/**
 * Makes a damaged repository whole again: what is damaged is forgotten for good, all of the volume is backed up anew, and all is read.
 * The host's log has it.
 * @param logicalVolume Volume group and name.
 * @throws {ScriptError} `damaged` or `mismatch` if it is damaged still; `busy` while something else works on the volume's backups.
 * @throws {HostError}
 */
export async function repairRepository(
  host: HostRef,
  target: BackupTargetRef,
  logicalVolume: string,
  options: BackupOptions,
  onProgress: (progress: BackupProgress) => void,
): Promise<RepairOutcome> {
  const { volumeId, stack, deadlineSeconds } = options;
  const facts = await channelTo(host).read({
    title: `repair the backups of volume "${logicalVolume}" in target "${target.name}"`,
    script: "hosts/backups/repair",
    call: "repair",
    variables: {
      REQUEST: programRequest(target, volumeId, backupRequest(options)),
      VOLUME: volumeId,
      LV: logicalVolume,
      TARGET: targetWord(target.name),
      ACTOR: actorJson(stack),
    },
    machineId: host.machineId,
    seconds: deadlineSeconds,
    onLine: (line) => readProgress(line, onProgress),
  });
  return outcomeOf(host, facts, repairOutcome);
}
