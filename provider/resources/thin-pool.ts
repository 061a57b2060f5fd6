import { actorJson } from "../actor.js";
import { defineResource } from "../define-resource.js";
import {
  extentBytesOf,
  logicalVolumeAt,
  logicalVolumeWithUuid,
  volumeGroupNamed,
} from "../hosts/observation/lookup.js";
import { MIN_CHUNK_BYTES, type ThinPoolInputs, thinPoolInputs } from "../model/inputs/thin-pool.js";
import { formatSize, parseSize, roundToExtents } from "../model/size.js";
import { encodeTag, tagValue } from "../model/tag.js";
import { planRoom, planUniqueName } from "./plan-room.js";
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

  announce(wanted, plan) {
    const { volumeGroup, name } = wanted;
    if (wanted.size === undefined) return;
    const sizeBytes = parseSize(wanted.size);
    plan.pools.set(wanted.owner, { volumeGroup, name, pool: undefined, adopt: undefined, sizeBytes });
  },

  plan(wanted, observation, plan) {
    const { name } = wanted.host;
    const path = `${wanted.volumeGroup}/${wanted.name}`;
    const group = volumeGroupNamed(observation, wanted.volumeGroup);
    if (group === undefined && !plan.volumeGroups.has(wanted.volumeGroup)) {
      return [
        {
          property: "volumeGroup",
          problem: {
            summary: `There is no volume group "${wanted.volumeGroup}" on host "${name}"`,
            detail: "",
            next: "Declare it as a VolumeGroup, or name one that 'vgs' shows there",
          },
        },
      ];
    }
    const found = logicalVolumeAt(observation, path);
    if (wanted.existing) {
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
    if (found !== undefined && tagValue(found.lv_tags, "owner") === undefined) {
      return [
        {
          property: "name",
          problem: {
            summary: `Logical volume "${path}" exists on host "${name}" and is not this pool (its UUID is ${found.lv_uuid})`,
            detail: "",
            next: "Choose another name, or set existing: true to use it as it is",
          },
        },
      ];
    }
    const sizeBytes = parseSize(wanted.size ?? 0);
    if (
      found !== undefined &&
      roundToExtents(sizeBytes, group?.vg_extent_size ?? 1) < found.lv_size &&
      !wanted.autoextend
    ) {
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
    return [...planUniqueName(wanted.owner, path, plan), ...planRoom(wanted.volumeGroup, name, observation, plan)];
  },

  reconcile: (wanted, id) => ({
    title: `set up thin pool "${wanted.volumeGroup}/${wanted.name}"`,
    call: "reconcile",
    variables: variables(wanted, id ?? ""),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  outputs({ id, inputs: asked, observation }) {
    const group = volumeGroupNamed(observation, asked.volumeGroup);
    const found = logicalVolumeWithUuid(observation, id);
    if (found === undefined) {
      if (group !== undefined) return undefined;
      throw unseen(asked.host.name, `thin pool "${asked.volumeGroup}/${asked.name}"`, "pool", asked.volumeGroup);
    }
    const extentBytes = extentBytesOf(observation, found.vg_name);
    const declared = asked.size === undefined ? found.lv_size : roundToExtents(parseSize(asked.size), extentBytes);
    return {
      ...asked,
      name: found.lv_name,
      uuid: found.lv_uuid,
      // A pool that LVM extends by itself changes behind our back, and rightly so: that is no drift.
      sizeBytes: asked.autoextend === undefined ? found.lv_size : Math.min(found.lv_size, declared),
      extentBytes,
      chunkBytes: found.chunk_size ?? 0,
    };
  },

  drift(wanted, outputs) {
    if (wanted.size === undefined) return [];
    const sizeBytes = roundToExtents(parseSize(wanted.size), outputs.extentBytes);
    const isMetadataChanged = wanted.metadataSize !== outputs.metadataSize;
    return [...(sizeBytes === outputs.sizeBytes ? [] : ["size"]), ...(isMetadataChanged ? ["metadataSize"] : [])];
  },

  remove: (outputs, id) => ({
    title: `remove thin pool "${outputs.volumeGroup}/${outputs.name}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

function variables(wanted: ThinPoolInputs, id: string): Record<string, string> {
  const bytes = (value: string | number | undefined) => (value === undefined ? "" : String(parseSize(value)));
  const { autoextend } = wanted;
  return {
    ID: id,
    OWNER: encodeTag(wanted.owner),
    VG: wanted.volumeGroup,
    LV: wanted.name,
    SIZE: bytes(wanted.size),
    METADATA: bytes(wanted.metadataSize),
    CHUNK: wanted.chunkSize === undefined ? "" : String(parseSize(wanted.chunkSize, MIN_CHUNK_BYTES)),
    PROFILE: autoextend === undefined ? "" : `pulumi-lvm-t${autoextend.threshold}-p${autoextend.percent}`,
    THRESHOLD: String(autoextend?.threshold ?? ""),
    PERCENT: String(autoextend?.percent ?? ""),
    EXISTING: wanted.existing ? "yes" : "no",
    UNZEROED: wanted.allowUnzeroedChunks ? "yes" : "no",
    ACTOR: actorJson(wanted.owner),
  };
}
