import type { Declarations } from "../declarations.js";
import type { Failure } from "../define-resource.js";
import { snapshotWith } from "../hosts/live/snapshots.js";
import { logicalVolumeTagged, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import type { Observation } from "../hosts/observation/observation.js";
import { OTHER_WAY } from "../model/clone-source.js";
import type { VolumeInputs } from "../model/inputs/volume.js";
import type { Problem } from "../model/problem.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { isUnfinished, tagValue } from "../model/tag.js";

/** What a volume is cloned from, as the host shows it; undefined when it is none, or that is not there. */
function cloneSourceOf({ clone }: VolumeInputs, observation: Observation): LogicalVolume | undefined {
  if (clone === undefined) return undefined;
  return clone.from === "snapshot"
    ? snapshotWith(observation, clone.id)
    : logicalVolumeTagged(observation, "id", clone.id);
}

/** The inputs of a volume whose size is known. */
export type SizedInputs = VolumeInputs & { readonly size: string | number };

/** With the size that a clone has by what it is, or is made from; the program's other resources count on it too. */
export function withSize(
  inputs: VolumeInputs,
  own: LogicalVolume | undefined,
  observation: Observation,
  declarations: Declarations,
): SizedInputs {
  if (inputs.size !== undefined) return { ...inputs, size: inputs.size };
  const size = (own ?? cloneSourceOf(inputs, observation))?.lv_size ?? 0;
  const declared = declarations.volumes.get(inputs.owner);
  if (declared !== undefined) declarations.volumes.set(inputs.owner, { ...declared, sizeBytes: size });
  return { ...inputs, size };
}

/** Whether a volume that is still to be made can be a clone of what it is to be one of. One that is there needs its source no more. */
export function checkClone(inputs: VolumeInputs, own: LogicalVolume | undefined, observation: Observation): Failure[] {
  const { clone, host } = inputs;
  if (clone === undefined || own !== undefined) return [];
  const fail = (property: string, problem: Omit<Problem, "summary">): Failure[] => {
    const summary = `Cannot make volume "${inputs.volumeGroup}/${inputs.name}" on host "${host.name}" from a ${clone.from}`;
    return [{ property, problem: { summary, ...problem } }];
  };
  const found = cloneSourceOf(inputs, observation);
  if (found === undefined) {
    return fail("clone", { detail: `there is no ${clone.from} ${clone.id}`, next: "Run 'pulumi refresh'" });
  }
  const path = `${found.vg_name}/${found.lv_name}`;
  if (tagValue(found.lv_tags, "reap-after") !== undefined) {
    const next = `Bring it back with adopt: "${found.lv_uuid}" on a Volume`;
    return fail("clone", { detail: `"${path}" is deleted and waits for its removal`, next });
  }
  if (isUnfinished(found.lv_tags)) {
    const next = "Run pulumi up for the stack that declares it";
    return fail("clone", {
      detail: `"${path}" is not finished: it is still to be zeroed, formatted or restored`,
      next,
    });
  }
  const place = found.pool_lv === "" ? "linear" : `in thin pool "${found.vg_name}/${found.pool_lv}"`;
  if (found.pool_lv !== inputs.pool || found.vg_name !== inputs.volumeGroup) {
    return fail("pool", { detail: `"${path}" is ${place}, and a clone is in the pool of its source`, next: OTHER_WAY });
  }
  const fileSystem = tagValue(found.lv_tags, "fs");
  if (inputs.fileSystem !== "none" && fileSystem !== undefined && fileSystem !== inputs.fileSystem) {
    const next = `Set fileSystem to "${fileSystem}", or leave it out: a clone is never formatted`;
    return fail("fileSystem", { detail: `"${path}" holds ${fileSystem}`, next });
  }
  const extentBytes = volumeGroupNamed(observation, found.vg_name)?.vg_extent_size ?? 1;
  const sizeBytes = inputs.size === undefined ? found.lv_size : roundToExtents(parseSize(inputs.size), extentBytes);
  if (sizeBytes >= found.lv_size) return [];
  return fail("size", {
    detail: `"${path}" has ${formatSize(found.lv_size)}, and the program says ${formatSize(sizeBytes)}`,
    next: `Set size to "${found.lv_size}B" or more, or leave it out`,
  });
}
