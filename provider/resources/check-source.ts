import type { Failure } from "../define-resource.js";
import { listRecoveryPoints } from "../hosts/backups/call-backup-program.js";
import { chooseRecoveryPoint } from "../hosts/backups/choose-recovery-point.js";
import { ScriptError } from "../hosts/errors.js";
import type { Observation } from "../hosts/observation/observation.js";
import { declaredBytes, type VolumeInputs } from "../model/inputs/volume.js";
import type { Problem } from "../model/problem.js";
import { formatSize } from "../model/size.js";
import { claimOf, ownVolume } from "./own-volume.js";

/** Whether the recovery point that a new volume is to be made from exists, and fits. A volume that is there already needs no source. */
export async function checkSource(inputs: VolumeInputs, observation: Observation): Promise<Failure[]> {
  const { source, host } = inputs;
  if (source === undefined || ownVolume({ ...inputs, ...claimOf(inputs) }, observation.logicalVolumes) !== undefined)
    return [];
  // A host that is new has no program to ask yet; up asks it before anything is published.
  if (observation.programs.length === 0) return [];
  const fail = (problem: Problem): Failure[] => [{ property: "source", problem }];
  try {
    const points = await listRecoveryPoints(host, source.target, source.volumeId);
    const point = chooseRecoveryPoint(points, source.recoveryPoint);
    if (point === undefined) {
      const had =
        points
          .map(({ id, time }) => `${id} of ${time}`)
          .slice(-5)
          .join(", ") || "none";
      return fail({
        summary: `There is no recovery point ${JSON.stringify(source.recoveryPoint)} of volume ${source.volumeId} in target "${source.target.name}"`,
        detail: `it has ${had}`,
        next: "Choose one that 'pulumi-lvm backups' lists",
      });
    }
    const sizeBytes = declaredBytes(inputs);
    if (sizeBytes >= point.sizeBytes) return [];
    return fail({
      summary: `Cannot restore recovery point ${point.id} into volume "${inputs.volumeGroup}/${inputs.name}" on host "${host.name}"`,
      detail: `it has ${formatSize(point.sizeBytes)}, and the program says ${formatSize(sizeBytes)}`,
      next: `Set size to "${point.sizeBytes}B" or more`,
    });
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return fail(error.problem);
  }
}
