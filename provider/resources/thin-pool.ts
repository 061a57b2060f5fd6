import { defineResource, type Failure } from "../define-resource.js";
import { actorJson } from "../hosts/events/actor.js";
import {
  extentBytesOf,
  identityOf,
  logicalVolumeAt,
  logicalVolumeOf,
  logicalVolumeWithUuid,
  volumeGroupNamed,
} from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import { MIN_CHUNK_BYTES, type ThinPoolInputs, thinPoolInputs } from "../model/inputs/thin-pool.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { tagValue } from "../model/tag.js";
import { checkRoom, checkUniqueName, noVolumeGroup } from "./check-room.js";
import { claimOf, claimVariables, isForeign, nameTaken, ownVolume } from "./own-volume.js";
import { unseen } from "./unseen.js";

type Outputs = ThinPoolInputs & {
  /** LVM's UUID of the pool. */
  uuid: string;
  /** Size of the data area in bytes; with autoextend the size that the program asked for. */
  sizeBytes: number;
  extentBytes: number;
  chunkBytes: number;
};

export const thinPool = defineResource<typeof thinPoolInputs, Outputs>({
  script: "thin-pool",
  noun: "thin pool",
  inputs: thinPoolInputs,

  declare(inputs, declarations) {
    const { owner, volumeGroup, name } = inputs;
    if (inputs.size === undefined) return;
    const sizeBytes = parseSize(inputs.size);
    declarations.pools.set(owner, {
      ...claimOf(inputs),
      volumeGroup,
      name,
      pool: undefined,
      adopt: undefined,
      sizeBytes,
    });
  },

  check(inputs, observation, declarations) {
    const { name } = inputs.host;
    const path = `${inputs.volumeGroup}/${inputs.name}`;
    const group = volumeGroupNamed(observation, inputs.volumeGroup);
    if (group === undefined && !declarations.volumeGroups.has(inputs.volumeGroup)) {
      return noVolumeGroup(inputs.volumeGroup, name);
    }
    const found = logicalVolumeAt(observation, path);
    if (inputs.existing) return checkExisting(found, path, name);
    const claim = { ...claimOf(inputs), volumeGroup: inputs.volumeGroup, name: inputs.name, adopt: undefined };
    const own = ownVolume(claim, observation.logicalVolumes);
    const isTaken = found !== undefined && found !== own && isForeign(found.lv_tags, found.lv_uuid, claim);
    const failures = isTaken
      ? nameTaken("pool", inputs.host, {
          title: `Logical volume "${path}"`,
          uuid: found.lv_uuid,
          tags: found.lv_tags,
        })
      : checkShrink(inputs, own, group?.vg_extent_size ?? 1);
    if (failures.length > 0) return failures;
    return [
      ...checkUniqueName(inputs.owner, path, declarations),
      ...checkRoom(inputs.volumeGroup, name, observation, declarations),
    ];
  },

  reconcile: (inputs, id) => ({
    title: `set up thin pool "${inputs.volumeGroup}/${inputs.name}"`,
    call: "reconcile",
    variables: variables(inputs, id),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  identitiesOf: (owner, { logicalVolumes }) =>
    logicalVolumes
      .filter(({ lv_tags, lv_layout }) => tagValue(lv_tags, "owner") === owner && lv_layout.includes("pool"))
      .map(({ lv_tags, lv_uuid }) => identityOf(lv_tags, lv_uuid)),

  outputs({ id, inputs, observation }) {
    const group = volumeGroupNamed(observation, inputs.volumeGroup);
    const found = inputs.existing
      ? logicalVolumeWithUuid(observation, id)
      : logicalVolumeOf(observation, inputs.identity ?? id);
    if (found === undefined) {
      if (group !== undefined) return undefined;
      throw unseen(inputs.host.name, `thin pool "${inputs.volumeGroup}/${inputs.name}"`, "pool", inputs.volumeGroup);
    }
    const extentBytes = extentBytesOf(observation, found.vg_name);
    const declared = inputs.size === undefined ? found.lv_size : roundToExtents(parseSize(inputs.size), extentBytes);
    return {
      ...inputs,
      name: found.lv_name,
      uuid: found.lv_uuid,
      // A pool that LVM extends by itself changes behind our back, and rightly so: that is no drift.
      sizeBytes: inputs.autoextend === undefined ? found.lv_size : Math.min(found.lv_size, declared),
      extentBytes,
      chunkBytes: found.chunk_size ?? 0,
    };
  },

  drift(inputs, outputs) {
    if (inputs.size === undefined) return [];
    const sizeBytes = roundToExtents(parseSize(inputs.size), outputs.extentBytes);
    const isMetadataChanged = inputs.metadataSize !== outputs.metadataSize;
    return [...(sizeBytes === outputs.sizeBytes ? [] : ["size"]), ...(isMetadataChanged ? ["metadataSize"] : [])];
  },

  remove: (outputs, id) => ({
    title: `remove thin pool "${outputs.volumeGroup}/${outputs.name}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

/** A pool that is used as it is has to be there. */
function checkExisting(found: LogicalVolume | undefined, path: string, name: string): Failure[] {
  if (found === undefined || !found.lv_layout.includes("pool")) {
    return [
      {
        property: "name",
        problem: {
          summary: `There is no thin pool "${path}" on host "${name}"`,
          detail: "",
          next: "Set name to a pool that 'lvs' shows there",
        },
      },
    ];
  }
  return [];
}

function checkShrink(inputs: ThinPoolInputs, found: LogicalVolume | undefined, extentBytes: number): Failure[] {
  const { name } = inputs.host;
  const path = `${inputs.volumeGroup}/${inputs.name}`;
  const sizeBytes = parseSize(inputs.size ?? 0);
  if (found !== undefined && roundToExtents(sizeBytes, extentBytes) < found.lv_size && !inputs.autoextend) {
    return [
      {
        property: "size",
        problem: {
          summary: `Cannot shrink thin pool "${path}" on host "${name}"`,
          detail: `it has ${formatSize(found.lv_size)}, and the program says ${formatSize(sizeBytes)}`,
          next: `Set size to "${found.lv_size}B" or more; LVM cannot shrink a thin pool`,
        },
      },
    ];
  }
  return [];
}

function variables(inputs: ThinPoolInputs, id: string | undefined): Record<string, string> {
  const bytes = (value: string | number | undefined) => (value === undefined ? "" : String(parseSize(value)));
  const { autoextend } = inputs;
  return {
    ID: id ?? "",
    ...claimVariables(inputs, id),
    VG: inputs.volumeGroup,
    LV: inputs.name,
    SIZE: bytes(inputs.size),
    METADATA: bytes(inputs.metadataSize),
    CHUNK: inputs.chunkSize === undefined ? "" : String(parseSize(inputs.chunkSize, MIN_CHUNK_BYTES)),
    PROFILE: autoextend === undefined ? "" : `pulumi-lvm-t${autoextend.threshold}-p${autoextend.percent}`,
    THRESHOLD: String(autoextend?.threshold ?? ""),
    PERCENT: String(autoextend?.percent ?? ""),
    EXISTING: inputs.existing ? "yes" : "no",
    UNZEROED: inputs.allowUnzeroedChunks ? "yes" : "no",
    ACTOR: actorJson(inputs.owner),
  };
}
