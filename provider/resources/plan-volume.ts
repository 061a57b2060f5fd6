import type { Failure } from "../define-resource.js";
import { logicalVolumeAt, logicalVolumeWithUuid, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import type { Observation } from "../hosts/observation/observation.js";
import { stackOf } from "../model/common.js";
import type { VolumeInputs } from "../model/inputs/volume.js";
import type { Problem } from "../model/problem.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { tagValue } from "../model/tag.js";
import type { Plan } from "../plan.js";
import { ownVolume, planPromises, planRoom, planUniqueName } from "./plan-room.js";

/** Everything about a volume that can be known at preview: its place, its name, what is to be adopted, and whether it fits. */
export function planVolume(wanted: VolumeInputs, observation: Observation, plan: Plan): Failure[] {
  const { name: hostName } = wanted.host;
  const group = volumeGroupNamed(observation, wanted.volumeGroup);
  if (group === undefined && !plan.volumeGroups.has(wanted.volumeGroup)) {
    return [
      {
        property: "volumeGroup",
        problem: {
          summary: `There is no volume group "${wanted.volumeGroup}" on host "${hostName}"`,
          detail: "",
          next: "Declare it as a VolumeGroup, or name one that 'vgs' shows there",
        },
      },
    ];
  }
  const own = ownVolume(wanted.owner, wanted.adopt, observation.logicalVolumes);
  return [
    ...planShrink(wanted, own, group),
    ...planUniqueName(wanted.owner, `${wanted.volumeGroup}/${wanted.name}`, plan),
    ...planName(wanted, observation),
    ...planAdoption(wanted, observation),
    ...(wanted.pool === undefined
      ? planRoom(wanted.volumeGroup, hostName, observation, plan)
      : planThin(wanted, `${wanted.volumeGroup}/${wanted.pool}`, observation, plan)),
  ];
}

function planShrink(
  wanted: VolumeInputs,
  own: LogicalVolume | undefined,
  group: { vg_extent_size: number } | undefined,
): Failure[] {
  const sizeBytes = roundToExtents(parseSize(wanted.size), group?.vg_extent_size ?? 1);
  if (own === undefined || own.lv_size <= sizeBytes) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Cannot shrink volume "${own.vg_name}/${own.lv_name}" on host "${wanted.host.name}"`,
        detail: `it has ${formatSize(own.lv_size)}, and the program says ${formatSize(sizeBytes)}`,
        next: `Set size to "${own.lv_size}B" or more, or declare a new, smaller Volume and copy the data`,
      },
    },
  ];
}

function planName(wanted: VolumeInputs, observation: Observation): Failure[] {
  const path = `${wanted.volumeGroup}/${wanted.name}`;
  const found = logicalVolumeAt(observation, path);
  if (found === undefined || found.lv_uuid === wanted.adopt) return [];
  const owner = tagValue(found.lv_tags, "owner");
  if (owner !== undefined && stackOf(owner) === stackOf(wanted.owner)) return [];
  return [
    {
      property: "name",
      problem: {
        summary: `Logical volume "${path}" exists on host "${wanted.host.name}" and is not this volume's (its UUID is ${found.lv_uuid}, its owner ${owner ?? "not pulumi-lvm"})`,
        detail: "",
        next: `Choose another name, or take it over with adopt: "${found.lv_uuid}"`,
      },
    },
  ];
}

/** What differs between the program and the logical volume that is to be adopted. */
function planAdoption(wanted: VolumeInputs, observation: Observation): Failure[] {
  if (wanted.adopt === undefined) return [];
  const found = logicalVolumeWithUuid(observation, wanted.adopt);
  const fail = (problem: Problem): Failure[] => [{ property: "adopt", problem }];
  if (found === undefined) {
    return fail({
      summary: `No logical volume on host "${wanted.host.name}" has the UUID ${wanted.adopt}`,
      detail: "",
      next: "Take the UUID from 'lvs -o lv_name,lv_uuid,lv_tags' there",
    });
  }
  const owner = tagValue(found.lv_tags, "owner");
  if (owner === wanted.owner) return [];
  if (wanted.source !== undefined) {
    return fail({
      summary: `Logical volume ${wanted.adopt} on host "${wanted.host.name}" cannot be adopted and made from a backup`,
      detail: "",
      next: "Leave out adopt for a new volume from the backup, or source for the one that is there",
    });
  }
  const path = `${found.vg_name}/${found.lv_name}`;
  if (owner !== undefined) {
    return fail({
      summary: `Logical volume "${path}" on host "${wanted.host.name}" belongs to ${owner}`,
      detail: "",
      next: 'Remove it there first, with deletionPolicy "retain"; then adopt it',
    });
  }
  const sizeBytes = parseSize(wanted.size);
  const differences = [
    ...(found.lv_name === wanted.name
      ? []
      : [`it is called "${found.lv_name}" and will be renamed to "${wanted.name}"`]),
    ...(found.lv_size < sizeBytes
      ? [`it has ${formatSize(found.lv_size)} and will grow to ${formatSize(sizeBytes)}`]
      : []),
    ...(tagValue(found.lv_tags, "fs") === undefined
      ? [`its file system is taken to be ${wanted.fileSystem}, unseen`]
      : []),
  ];
  console.error(`Adopting "${path}" on host "${wanted.host.name}": ${differences.join("; ") || "nothing differs"}`);
  return [];
}

function planThin(wanted: VolumeInputs, poolPath: string, observation: Observation, plan: Plan): Failure[] {
  const { name: host } = wanted.host;
  const found = logicalVolumeAt(observation, poolPath);
  const planned = [...plan.pools.values()].find(({ volumeGroup, name }) => `${volumeGroup}/${name}` === poolPath);
  if (found === undefined && planned === undefined) {
    return [
      {
        property: "pool",
        problem: {
          summary: `There is no thin pool "${poolPath}" on host "${host}"`,
          detail: "",
          next: "Declare it as a ThinPool, or name one that 'lvs' shows there",
        },
      },
    ];
  }
  if (found !== undefined && !found.zero && !wanted.allowUnzeroedChunks) {
    return [
      {
        property: "pool",
        problem: {
          summary: `Thin pool "${poolPath}" on host "${host}" does not zero new chunks, so a volume would show what others deleted`,
          detail: "",
          next: `Switch it on with 'lvchange --zero y ${poolPath}', or set allowUnzeroedChunks on the ThinPool`,
        },
      },
    ];
  }
  const poolBytes = Math.max(found?.lv_size ?? 0, planned?.sizeBytes ?? 0);
  return planPromises(poolPath, { poolBytes, maxOvercommit: wanted.maxOvercommit, host }, observation, plan);
}
