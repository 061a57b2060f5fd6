import { actorJson } from "../actor.js";
import { defineResource } from "../define-resource.js";
import { HostError } from "../hosts/errors.js";
import { deviceAt, volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { Observation } from "../hosts/observation/observation.js";
import { type VolumeGroupInputs, volumeGroupInputs } from "../model/inputs/volume-group.js";
import { parseSize } from "../model/size.js";
import { encodeTag, tagValue } from "../model/tag.js";

type Outputs = VolumeGroupInputs & {
  /** LVM's UUID of the volume group. */
  uuid: string;
  extentBytes: number;
};

export const volumeGroup = defineResource<typeof volumeGroupInputs, Outputs>({
  script: "volume-group",
  noun: "volume group",
  inputs: volumeGroupInputs,

  declare(inputs, declarations) {
    if (!inputs.existing) declarations.volumeGroups.add(inputs.name);
  },

  check(inputs, observation, declarations) {
    const found = volumeGroupNamed(observation, inputs.name);
    if (inputs.existing) {
      return found === undefined
        ? [
            {
              property: "name",
              problem: {
                summary: `There is no volume group "${inputs.name}" on host "${inputs.host.name}"`,
                detail: "",
                next: "Set name to one that 'vgs' shows there",
              },
            },
          ]
        : [];
    }
    if (found !== undefined && tagValue(found.vg_tags, "owner") === undefined) {
      return [
        {
          property: "name",
          problem: {
            summary: `Volume group "${inputs.name}" exists on host "${inputs.host.name}" and is not ours (its UUID is ${found.vg_uuid})`,
            detail: "",
            next: "Choose another name, or set existing: true to use it as it is",
          },
        },
      ];
    }
    return inputs.disks.flatMap((path) => {
      const taker = declarations.disks.get(path);
      declarations.disks.set(path, inputs.name);
      if (taker !== undefined && taker !== inputs.name) {
        return [
          {
            property: "disks",
            problem: { summary: `Disk "${path}" is given to volume group "${taker}" already`, detail: "", next: "" },
          },
        ];
      }
      const disk = deviceAt(observation, path);
      const holds = disk?.fstype ?? disk?.pttype;
      if (disk === undefined || found !== undefined || holds == null || holds === "LVM2_member") return [];
      return [
        {
          property: "disks",
          problem: {
            summary: `Disk "${path}" of host "${inputs.host.name}" has something on it`,
            detail: holds,
            next: `If nobody needs it, wipe it by hand with 'wipefs -a ${path}'; nothing here ever does that`,
          },
        },
      ];
    });
  },

  reconcile: (inputs, id) => ({
    title: `set up volume group "${inputs.name}"`,
    call: "reconcile",
    variables: variables(inputs, id ?? ""),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  outputs({ id, inputs, observation }) {
    const found = observation.volumeGroups.find(({ vg_uuid }) => vg_uuid === id);
    if (found === undefined) {
      if (inputs.disks.every((path) => isReleased(path, observation))) return undefined;
      throw new HostError(inputs.host.name, {
        summary: `Cannot see volume group "${inputs.name}"`,
        detail: "a disk of it is missing or still carries its label, so it may come back",
        next: "Bring its disks back ('pvs -a' shows what is missing); if they are lost for good, remove it and what it held with 'pulumi state delete'",
      });
    }
    return { ...inputs, name: found.vg_name, uuid: found.vg_uuid, extentBytes: found.vg_extent_size };
  },

  refuse(before, after) {
    const removed = before.disks.filter((disk) => !after.disks.includes(disk));
    if (removed.length === 0) return [];
    return [
      {
        property: "disks",
        problem: {
          summary: `Cannot take ${removed.join(", ")} out of volume group "${after.name}" on host "${after.host.name}"`,
          detail: "data may be there",
          next: "Move it away by hand with pvmove and vgreduce, and name the disk here until that is done",
        },
      },
    ];
  },

  remove: (outputs, id) => ({
    title: `remove volume group "${outputs.name}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

/** True if the disk is there and belongs to no volume group. */
function isReleased(path: string, observation: Observation): boolean {
  const disk = deviceAt(observation, path);
  if (disk === undefined) return false;
  const label = observation.physicalVolumes.find(({ pv_name }) => pv_name === disk.name || pv_name === disk.kname);
  return label === undefined ? disk.fstype !== "LVM2_member" : label.vg_name === "";
}

function variables(inputs: VolumeGroupInputs, id: string): Record<string, string> {
  return {
    ID: id,
    OWNER: encodeTag(inputs.owner),
    VG: inputs.name,
    DISKS: inputs.disks.join("\n"),
    EXTENT: inputs.extentSize === undefined ? "" : String(parseSize(inputs.extentSize)),
    EXISTING: inputs.existing ? "yes" : "no",
    ACTOR: actorJson(inputs.owner),
  };
}
