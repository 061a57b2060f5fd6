import type { Declarations } from "../declarations.js";
import type { Failure } from "../define-resource.js";
import { isHeld } from "../held-ids.js";
import { classicSnapshots } from "../hosts/live/snapshots.js";
import { isPlain } from "../hosts/observation/is-plain.js";
import { identityOf, logicalVolumeAt, logicalVolumeWithUuid, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import type { Observation } from "../hosts/observation/observation.js";
import { stackOf } from "../model/common.js";
import type { VolumeInputs } from "../model/inputs/volume.js";
import type { Problem } from "../model/problem.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { tag, tagValue } from "../model/tag.js";
import { checkClone, type SizedInputs, withSize } from "./check-clone.js";
import { checkPromises, checkRoom, checkUniqueName, noVolumeGroup } from "./check-room.js";
import { claimOf, isForeign, ownVolume, type VolumeClaim } from "./own-volume.js";

/** Everything about a volume that can be known at preview: its place, its name, what is to be adopted, and whether it fits. */
export function checkVolume(given: VolumeInputs, observation: Observation, declarations: Declarations): Failure[] {
  const { name: hostName } = given.host;
  const group = volumeGroupNamed(observation, given.volumeGroup);
  if (group === undefined && !declarations.volumeGroups.has(given.volumeGroup)) {
    return noVolumeGroup(given.volumeGroup, hostName);
  }
  const claim = { ...given, ...claimOf(given) };
  const own = ownVolume(claim, observation.logicalVolumes);
  const isNoClone = checkClone(given, own, observation);
  if (isNoClone.length > 0) return isNoClone;
  const inputs = withSize(given, own, observation, declarations);
  return [
    ...checkShrink(inputs, own, group),
    ...checkGrow(inputs, own, observation),
    ...checkXfs(inputs, own),
    ...checkUniqueName(inputs.owner, `${inputs.volumeGroup}/${inputs.name}`, declarations),
    ...checkName(inputs, own, claim, observation),
    ...checkAdoption(inputs, observation),
    ...(inputs.pool === undefined
      ? checkRoom(inputs.volumeGroup, hostName, observation, declarations)
      : checkThin(inputs, `${inputs.volumeGroup}/${inputs.pool}`, observation, declarations)),
  ];
}

function checkShrink(
  inputs: SizedInputs,
  own: LogicalVolume | undefined,
  group: { vg_extent_size: number } | undefined,
): Failure[] {
  const sizeBytes = roundToExtents(parseSize(inputs.size), group?.vg_extent_size ?? 1);
  if (own === undefined || own.lv_size <= sizeBytes) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Cannot shrink volume "${own.vg_name}/${own.lv_name}" on host "${inputs.host.name}"`,
        detail: `it has ${formatSize(own.lv_size)}, and the program says ${formatSize(sizeBytes)}`,
        next: `Set size to "${own.lv_size}B" or more, or declare a new, smaller Volume and copy the data`,
      },
    },
  ];
}

function checkGrow(inputs: SizedInputs, own: LogicalVolume | undefined, observation: Observation): Failure[] {
  if (own === undefined || own.pool_lv !== "" || parseSize(inputs.size) <= own.lv_size) return [];
  const snapshots = classicSnapshots(own, observation);
  if (snapshots.length === 0) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Cannot grow linear volume "${own.vg_name}/${own.lv_name}" on host "${inputs.host.name}"`,
        detail: `it has snapshots: ${snapshots.join(", ")}`,
        next: "Remove these first, and take new ones after it",
      },
    },
  ];
}

/** What mkfs.xfs of xfsprogs 6.1 takes at least; of less it says "Filesystem must be larger than 300MB". volume.sh knows the same. */
const MIN_XFS_BYTES = 300 * 2 ** 20;

/** Of a volume that is to be formatted; what is there, adopted or restored, has its file system. */
function checkXfs(inputs: SizedInputs, own: LogicalVolume | undefined): Failure[] {
  const sizeBytes = parseSize(inputs.size);
  if (inputs.fileSystem !== "xfs" || inputs.source !== undefined || inputs.adopt !== undefined) return [];
  if (inputs.clone !== undefined) return [];
  if (own !== undefined || sizeBytes >= MIN_XFS_BYTES) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Volume "${inputs.volumeGroup}/${inputs.name}" on host "${inputs.host.name}" is too small for an xfs`,
        detail: `it would have ${formatSize(sizeBytes)}`,
        next: 'Set size to "300MiB" or more (mkfs.xfs makes no smaller one), or another fileSystem',
      },
    },
  ];
}

function checkName(
  inputs: VolumeInputs,
  own: LogicalVolume | undefined,
  claim: VolumeClaim,
  observation: Observation,
): Failure[] {
  const path = `${inputs.volumeGroup}/${inputs.name}`;
  const found = logicalVolumeAt(observation, path);
  if (found === undefined || found === own || !isForeign(found.lv_tags, found.lv_uuid, claim)) return [];
  const owner = tagValue(found.lv_tags, "owner");
  return [
    {
      property: "name",
      problem: {
        summary: `Logical volume "${path}" exists on host "${inputs.host.name}" and is not this volume's (its UUID is ${found.lv_uuid}, its owner ${owner ?? "not pulumi-lvm"})`,
        detail: "",
        next: `Choose another name, or take it over with adopt: "${found.lv_uuid}"`,
      },
    },
  ];
}

/** What differs between the program and the logical volume that is to be adopted. */
function checkAdoption(inputs: SizedInputs, observation: Observation): Failure[] {
  if (inputs.adopt === undefined) return [];
  const found = logicalVolumeWithUuid(observation, inputs.adopt);
  const fail = (problem: Problem): Failure[] => [{ property: "adopt", problem }];
  if (found === undefined) {
    return fail({
      summary: `No logical volume on host "${inputs.host.name}" has the UUID ${inputs.adopt}`,
      detail: "",
      next: "Take the UUID from 'lvs -o lv_name,lv_uuid,lv_tags' there",
    });
  }
  const owner = tagValue(found.lv_tags, "owner");
  if (identityOf(found.lv_tags, found.lv_uuid) === inputs.identity || owner === inputs.owner) return [];
  if (tagValue(found.lv_tags, "snapshot-of") !== undefined) {
    return fail({
      summary: `Logical volume "${found.vg_name}/${found.lv_name}" on host "${inputs.host.name}" is a Snapshot and stays one`,
      detail: "",
      next: "Declare it as a Snapshot of that name, and a Volume with source: { snapshot } for what can be written to",
    });
  }
  if (inputs.source !== undefined || inputs.clone !== undefined) {
    const source = inputs.clone?.from ?? "backup";
    return fail({
      summary: `Logical volume ${inputs.adopt} on host "${inputs.host.name}" cannot be adopted and made from a ${source}`,
      detail: "",
      next: `Leave out adopt for a new volume from the ${source}, or source for the one that is there`,
    });
  }
  const path = `${found.vg_name}/${found.lv_name}`;
  if (!isPlain(found)) {
    return fail({
      summary: `Logical volume "${path}" on host "${inputs.host.name}" is no plain or thin volume`,
      detail: `it is ${[...found.lv_layout, ...found.lv_role].join(", ")}`,
      next: "Only linear, striped and thin volumes can be adopted",
    });
  }
  if (found.lv_device_open) {
    return fail({
      summary: `Logical volume "${path}" on host "${inputs.host.name}" is in use`,
      detail: "",
      next: `Stop what uses it ('fuser -v /dev/${path}' and 'dmsetup ls --tree' show it), then adopt it`,
    });
  }
  const holder = tagValue(found.lv_tags, "lease-owner");
  if (holder !== undefined) {
    return fail({
      summary: `Logical volume "${path}" on host "${inputs.host.name}" is attached to microVM "${tagValue(found.lv_tags, "microvm")}" by ${holder}`,
      detail: "",
      next: "Remove that Attachment first; if its stack is gone, run 'npx pulumi-lvm release'. Then adopt it",
    });
  }
  if (owner !== undefined && !isFree(found, owner, inputs)) {
    return fail({
      summary: `Logical volume "${path}" on host "${inputs.host.name}" belongs to ${owner}`,
      detail: "",
      next: `Remove it there first, with deletionPolicy "retain"; then adopt it. If no stack has it any more, run 'lvchange --deltag ${tag("owner", owner)} ${path}' there first`,
    });
  }
  const sizeBytes = parseSize(inputs.size);
  const differences = [
    ...(found.lv_name === inputs.name
      ? []
      : [`it is called "${found.lv_name}" and will be renamed to "${inputs.name}"`]),
    ...(found.lv_size < sizeBytes
      ? [`it has ${formatSize(found.lv_size)} and will grow to ${formatSize(sizeBytes)}`]
      : []),
    ...(tagValue(found.lv_tags, "fs") === undefined
      ? [`its file system is taken to be ${inputs.fileSystem}, unseen`]
      : []),
  ];
  console.error(`Adopting "${path}" on host "${inputs.host.name}": ${differences.join("; ") || "nothing differs"}`);
  return [];
}

/** Whether what the stack itself has left may be taken over: no resource of its state holds it, as far as the engine has shown them. */
function isFree({ lv_tags, lv_uuid }: LogicalVolume, owner: string, inputs: VolumeInputs): boolean {
  return stackOf(owner) === stackOf(inputs.owner) && !isHeld(identityOf(lv_tags, lv_uuid));
}

function checkThin(
  inputs: VolumeInputs,
  poolPath: string,
  observation: Observation,
  declarations: Declarations,
): Failure[] {
  const { name: host } = inputs.host;
  const found = logicalVolumeAt(observation, poolPath);
  const declared = [...declarations.pools.values()].find(
    ({ volumeGroup, name }) => `${volumeGroup}/${name}` === poolPath,
  );
  if (found === undefined && declared === undefined) {
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
  if (found !== undefined && !found.zero && !inputs.allowUnzeroedChunks) {
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
  const poolBytes = Math.max(found?.lv_size ?? 0, declared?.sizeBytes ?? 0);
  return checkPromises(poolPath, { poolBytes, maxOvercommit: inputs.maxOvercommit, host }, observation, declarations);
}
