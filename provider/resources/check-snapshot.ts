import type { Declarations } from "../declarations.js";
import type { Failure } from "../define-resource.js";
import { logicalVolumeAt, logicalVolumeTagged } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import type { Observation } from "../hosts/observation/observation.js";
import type { SnapshotInputs } from "../model/inputs/snapshot.js";
import type { Problem } from "../model/problem.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { tagValue } from "../model/tag.js";
import { checkPromises, checkRoom, checkUniqueName } from "./check-room.js";
import { claimOf, isForeign, ownVolume } from "./own-volume.js";

/** Everything about a snapshot that can be known at preview: its volume, its name, and whether there is room for what it may come to take. */
export function checkSnapshot(inputs: SnapshotInputs, observation: Observation, declarations: Declarations): Failure[] {
  const volume = logicalVolumeTagged(observation, "id", inputs.volumeId);
  const volumeGroup = volume?.vg_name ?? inputs.volumeGroup;
  const claim = { ...claimOf(inputs), volumeGroup, name: inputs.name };
  const own = ownVolume(claim, observation.logicalVolumes);
  const failures = [...checkName(inputs, own, claim, observation), ...checkOrigin(inputs, own, volume)];
  if (failures.length > 0) return failures;
  const pool = (own ?? volume)?.pool_lv;
  const sizeBytes = takenBytes(inputs, own, volume);
  const planned = { ...claim, pool: pool === "" ? undefined : pool, adopt: undefined, sizeBytes };
  declarations.volumes.set(inputs.owner, planned);
  return [
    ...checkUniqueName(inputs.owner, `${volumeGroup}/${inputs.name}`, declarations),
    ...(planned.pool === undefined
      ? [
          ...checkShrink(inputs, own, observation),
          ...checkRoom(volumeGroup, inputs.host.name, observation, declarations),
        ]
      : checkPool(inputs, `${volumeGroup}/${planned.pool}`, observation, declarations)),
  ];
}

/** Bytes that it may come to take: in a thin pool as much as its volume has. */
function takenBytes(
  { size }: SnapshotInputs,
  own: LogicalVolume | undefined,
  volume: LogicalVolume | undefined,
): number {
  const found = own ?? volume;
  return found === undefined || found.pool_lv !== "" || size === undefined || isAtItsLimit(own)
    ? (found?.lv_size ?? 0)
    : parseSize(size);
}

/** LVM gives the snapshot of a linear volume no more room than it can ever use, which is a little more than the volume has. */
const isAtItsLimit = (own: LogicalVolume | undefined): boolean =>
  own?.origin_size !== undefined && own.lv_size > own.origin_size;

const subjectOf = (inputs: SnapshotInputs): string =>
  `Cannot take snapshot "${inputs.name}" of volume "${inputs.volumeGroup}/${inputs.volumeName}" on host "${inputs.host.name}"`;

function checkName(
  inputs: SnapshotInputs,
  own: LogicalVolume | undefined,
  claim: Parameters<typeof ownVolume>[0],
  observation: Observation,
): Failure[] {
  const path = `${claim.volumeGroup}/${inputs.name}`;
  const found = logicalVolumeAt(observation, path);
  if (found === undefined || found === own || !isForeign(found.lv_tags, found.lv_uuid, claim)) return [];
  const owner = tagValue(found.lv_tags, "owner") ?? "not pulumi-lvm";
  return [
    {
      property: "name",
      problem: {
        summary: `Logical volume "${path}" exists on host "${inputs.host.name}" and is not this snapshot (its UUID is ${found.lv_uuid}, its owner ${owner})`,
        detail: "",
        next: "Choose another name",
      },
    },
  ];
}

/** Of a snapshot that is still to be taken: one that is there needs its volume no more. */
function checkOrigin(
  inputs: SnapshotInputs,
  own: LogicalVolume | undefined,
  volume: LogicalVolume | undefined,
): Failure[] {
  if (own !== undefined) return [];
  const fail = (property: string, problem: Omit<Problem, "summary">): Failure[] => [
    { property, problem: { summary: subjectOf(inputs), ...problem } },
  ];
  if (volume === undefined) {
    return fail("volumeId", {
      detail: `no logical volume there carries its id, ${inputs.volumeId}`,
      next: "Run 'pulumi refresh'; a snapshot is taken only on the host that holds the volume",
    });
  }
  if (tagValue(volume.lv_tags, "reap-after") !== undefined) {
    const next = `Bring it back with adopt: "${volume.lv_uuid}" on a Volume`;
    return fail("volumeId", { detail: "the volume is deleted and waits for its removal", next });
  }
  if (volume.pool_lv !== "") return [];
  if (inputs.size !== undefined) return [];
  return fail("size", {
    detail: "the volume is linear, and what is overwritten in it needs room in its volume group",
    next: "Set size to that room; when it runs full, the snapshot is lost",
  });
}

function checkShrink(inputs: SnapshotInputs, own: LogicalVolume | undefined, observation: Observation): Failure[] {
  const group = observation.volumeGroups.find(({ vg_name }) => vg_name === own?.vg_name);
  if (own === undefined || inputs.size === undefined) return [];
  const room = roundToExtents(parseSize(inputs.size), group?.vg_extent_size ?? 1);
  if (room >= own.lv_size) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Cannot shrink snapshot "${own.vg_name}/${own.lv_name}" on host "${inputs.host.name}"`,
        detail: `it has ${formatSize(own.lv_size)} of room, and the program says ${formatSize(room)}`,
        next: `Set size to "${own.lv_size}B" or more`,
      },
    },
  ];
}

function checkPool(
  inputs: SnapshotInputs,
  poolPath: string,
  observation: Observation,
  declarations: Declarations,
): Failure[] {
  const pool = logicalVolumeAt(observation, poolPath);
  if (pool === undefined || inputs.maxOvercommit === undefined) return [];
  const declared = [...declarations.pools.values()].find(
    ({ volumeGroup, name }) => `${volumeGroup}/${name}` === poolPath,
  );
  const poolBytes = Math.max(pool.lv_size, declared?.sizeBytes ?? 0);
  const limit = { poolBytes, maxOvercommit: inputs.maxOvercommit, host: inputs.host.name };
  return checkPromises(poolPath, limit, observation, declarations);
}
