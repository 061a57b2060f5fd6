import { isDeepStrictEqual } from "node:util";
import type { Failure } from "../define-resource.js";
import { previewRetention } from "../hosts/backups/preview-retention.js";
import { HostError, ScriptError } from "../hosts/errors.js";
import type { Observation } from "../hosts/observation/observation.js";
import type { BackupScheduleInputs } from "../model/inputs/backup-schedule.js";
import { retentionRules } from "../model/policy/policy-members.js";

/** Lists the recovery points that a changed retention would drop, as a warning. It is never a failure: not everybody who previews reaches S3. */
export async function checkRetention(
  inputs: BackupScheduleInputs,
  observation: Observation,
  previous: BackupScheduleInputs | undefined,
): Promise<Failure[]> {
  const { retention, timeZone, target, host, volumeId } = inputs;
  if (retention === undefined || observation.programs.length === 0) return [];
  if (isDeepStrictEqual([retention, timeZone], [previous?.retention, previous?.timeZone])) return [];
  const volume = `volume "${inputs.volumeGroup}/${inputs.volumeName}"`;
  try {
    const { remove } = await previewRetention(host, {
      target,
      volumeId,
      retention: retentionRules(retention),
      timeZone,
    });
    if (remove.length > 0) {
      const points = remove.map(({ id, time }) => `\n  ${time}  ${id}`).join("");
      console.error(
        `warning: The retention of policy "${inputs.policy}" will drop ${remove.length} recovery points of ${volume} on host "${host.name}" in target "${target.name}":${points}`,
      );
    }
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    // Nothing was ever backed up there, so that nothing can be dropped.
    if (error instanceof ScriptError && error.code === "absent") return [];
    console.error(`warning: ${error.message}`);
  }
  return [];
}
