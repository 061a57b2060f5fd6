import { defineResource, type Failure } from "../define-resource.js";
import { HostError } from "../hosts/errors.js";
import { actorJson } from "../hosts/events/actor.js";
import { deviceAt, identityOf, volumeGroupNamed, volumeGroupOf } from "../hosts/observation/lookup.js";
import type { VolumeGroupReport } from "../hosts/observation/lvm-report.js";
import type { Observation } from "../hosts/observation/observation.js";
import { type VolumeGroupInputs, volumeGroupInputs } from "../model/inputs/volume-group.js";
import { parseSize } from "../model/size.js";
import { tagValue } from "../model/tag.js";
import { claimOf, claimVariables, isForeign, mayBeLeft, nameTaken } from "./own-volume.js";

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
    if (inputs.existing) return checkExisting(inputs, found);
    const claim = claimOf(inputs);
    const own = volumeGroupOf(observation, inputs.identity ?? "");
    const isOwn = found === own || (found !== undefined && mayBeLeft(found.vg_tags, claim));
    if (found !== undefined && !isOwn && isForeign(found.vg_tags, found.vg_uuid, claim)) {
      const { vg_uuid: uuid, vg_tags: tags } = found;
      return nameTaken("one", inputs.host, { title: `Volume group "${inputs.name}"`, uuid, tags });
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
      if (disk === undefined || found !== undefined || own !== undefined) return [];
      const holds = disk.fstype ?? disk.pttype ?? observation.signatures.get(disk.name)?.join(", ");
      if (holds === undefined || holds === "LVM2_member") return [];
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

  async checkOnHost(inputs, observation, previous) {
    const left = (previous?.disks ?? []).filter((path) => !inputs.disks.includes(path));
    const own = volumeGroupOf(observation, inputs.identity ?? "");
    const kept = left.filter((path) => isPartOf(own, path, observation));
    if (kept.length === 0) return [];
    return [
      {
        property: "disks",
        problem: {
          summary: `Cannot take ${kept.join(", ")} out of volume group "${inputs.name}" on host "${inputs.host.name}"`,
          detail: "data may be there",
          next: "Move it away by hand with pvmove and vgreduce, and name the disk here until that is done",
        },
      },
    ];
  },

  reconcile: (inputs, id) => ({
    title: `set up volume group "${inputs.name}"`,
    call: "reconcile",
    variables: variables(inputs, id),
  }),

  idOf: (facts) => facts.get("id") ?? "",

  identitiesOf: (owner, { volumeGroups }) =>
    volumeGroups
      .filter(({ vg_tags }) => tagValue(vg_tags, "owner") === owner)
      .map(({ vg_tags, vg_uuid }) => identityOf(vg_tags, vg_uuid)),

  outputs({ id, inputs, observation }) {
    const found = inputs.existing
      ? observation.volumeGroups.find(({ vg_uuid }) => vg_uuid === id)
      : volumeGroupOf(observation, inputs.identity ?? id);
    if (found === undefined) {
      // Of an existing one nobody knows the disks, so that its absence proves nothing.
      if (!inputs.existing && inputs.disks.every((path) => isReleased(path, observation))) return undefined;
      throw new HostError(inputs.host.name, {
        summary: `Cannot see volume group "${inputs.name}"`,
        detail: "a disk of it may be missing, so it may come back",
        next: "Bring its disks back ('pvs -a' shows what is missing); if they are lost for good, remove it and what it held with 'pulumi state delete'",
      });
    }
    return { ...inputs, name: found.vg_name, uuid: found.vg_uuid, extentBytes: found.vg_extent_size };
  },

  remove: (outputs, id) => ({
    title: `remove volume group "${outputs.name}"`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

function checkExisting({ name, host }: VolumeGroupInputs, found: VolumeGroupReport | undefined): Failure[] {
  const refuse = (summary: string, next: string): Failure[] => [
    { property: "name", problem: { summary, detail: "", next } },
  ];
  if (found === undefined) {
    return refuse(
      `There is no volume group "${name}" on host "${host.name}"`,
      "Set name to one that 'vgs' shows there; 'vgs --foreign' shows those that belong to another system ID too, and 'pvs -a' missing disks",
    );
  }
  if (found.vg_exported !== "") {
    return refuse(
      `Volume group "${name}" on host "${host.name}" is exported: it is on its way to another machine`,
      `If it is to stay, run 'vgimport ${name}' there`,
    );
  }
  if (found.vg_shared !== "") {
    return refuse(
      `Volume group "${name}" on host "${host.name}" is shared with other machines, whose locks are not known here`,
      "Name one that belongs to this host alone",
    );
  }
  if (found.vg_partial !== "") {
    // What is on its other disks can be used all the same.
    console.error(
      `warning: volume group "${name}" on host "${host.name}" is partial, a disk of it is missing: 'pvs -a' shows which`,
    );
  }
  return [];
}

/** What LVM says of a disk; undefined if it has no label of LVM's. */
const labelOf = ({ name, kname }: { name: string; kname?: string | undefined }, { physicalVolumes }: Observation) =>
  physicalVolumes.find(({ pv_name }) => pv_name === name || pv_name === kname);

/** True if the disk is there and belongs to no volume group. */
function isReleased(path: string, observation: Observation): boolean {
  const disk = deviceAt(observation, path);
  if (disk === undefined) return false;
  const label = labelOf(disk, observation);
  return label === undefined ? disk.fstype !== "LVM2_member" : label.vg_name === "";
}

/** True unless the group is seen whole without the disk. One that is away may be a part that is missing. */
function isPartOf(group: VolumeGroupReport | undefined, path: string, observation: Observation): boolean {
  if (group === undefined) return true;
  const disk = deviceAt(observation, path);
  if (disk === undefined) return group.vg_partial !== "";
  return labelOf(disk, observation)?.vg_name === group.vg_name;
}

function variables(inputs: VolumeGroupInputs, id: string | undefined): Record<string, string> {
  return {
    ID: id ?? "",
    ...claimVariables(inputs, id),
    VG: inputs.name,
    DISKS: inputs.disks.join("\n"),
    EXTENT: inputs.extentSize === undefined ? "" : String(parseSize(inputs.extentSize)),
    EXISTING: inputs.existing ? "yes" : "no",
    ACTOR: actorJson(inputs.owner),
  };
}
