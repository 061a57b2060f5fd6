import type { Declarations, DeclaredVolume } from "../declarations.js";
import type { Failure } from "../define-resource.js";
import { volumeGroupNamed } from "../hosts/observation/lookup.js";
import type { Observation } from "../hosts/observation/observation.js";
import { totalBytes, volumesInPool } from "../hosts/observation/pool-volumes.js";
import { formatSize, roundToExtents } from "../model/size.js";
import { ownVolume } from "./own-volume.js";

/** Whether the volume group has room for everything that the program's resources so far will take from it. */
export function checkRoom(
  volumeGroup: string,
  host: string,
  observation: Observation,
  declarations: Declarations,
): Failure[] {
  const group = volumeGroupNamed(observation, volumeGroup);
  if (group === undefined) return [];
  const growth = (declared: DeclaredVolume): number => {
    const has = ownVolume(declared, observation.logicalVolumes)?.lv_size ?? 0;
    return Math.max(0, roundToExtents(declared.sizeBytes, group.vg_extent_size) - has);
  };
  const needed = [...declarations.pools.values(), ...declarations.volumes.values()]
    .filter((declared) => declared.volumeGroup === volumeGroup && declared.pool === undefined)
    .reduce((sum, declared) => sum + growth(declared), 0);
  if (needed <= group.vg_free) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Volume group "${volumeGroup}" on host "${host}" has ${formatSize(group.vg_free)} free, and the program needs ${formatSize(needed)} more`,
        detail: "",
        next: "Add a disk to the VolumeGroup, or set a smaller size",
      },
    },
  ];
}

/** Whether a thin pool may promise what the program's volumes so far and those of others add up to: the over-commit guard. */
export function checkPromises(
  poolPath: string,
  limit: { poolBytes: number; maxOvercommit: number; host: string },
  observation: Observation,
  declarations: Declarations,
): Failure[] {
  const declared = [...declarations.volumes.values()].filter(
    ({ volumeGroup, pool }) => pool !== undefined && `${volumeGroup}/${pool}` === poolPath,
  );
  const own = new Set(declared.map((each) => ownVolume(each, observation.logicalVolumes)));
  const others = volumesInPool(poolPath, observation).filter((lv) => !own.has(lv));
  const promised = declared.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) + totalBytes(others);
  if (promised <= limit.poolBytes * limit.maxOvercommit) return [];
  return [
    {
      property: "size",
      problem: {
        summary: `Thin pool "${poolPath}" on host "${limit.host}" has ${formatSize(limit.poolBytes)}, and its volumes would be promised ${formatSize(promised)}, more than maxOvercommit ${limit.maxOvercommit} allows`,
        detail: "",
        next: "Grow the pool, make volumes smaller, or raise maxOvercommit on the ThinPool",
      },
    },
  ];
}

/** Whether another resource of the program has the same name in the same volume group. */
export function checkUniqueName(owner: string, path: string, declarations: Declarations): Failure[] {
  const twin = [...declarations.pools, ...declarations.volumes].find(
    ([other, { volumeGroup, name }]) => other !== owner && `${volumeGroup}/${name}` === path,
  );
  if (twin === undefined) return [];
  return [
    {
      property: "name",
      problem: {
        summary: `Logical volume "${path}" is declared twice`,
        detail: `by ${twin[0]} too`,
        next: "Give one of them another name",
      },
    },
  ];
}

/** The failure of what stands in a volume group that neither the host nor the program has. */
export function noVolumeGroup(volumeGroup: string, host: string): Failure[] {
  return [
    {
      property: "volumeGroup",
      problem: {
        summary: `There is no volume group "${volumeGroup}" on host "${host}"`,
        detail: "",
        next: "Declare it as a VolumeGroup, or name one that 'vgs' shows there",
      },
    },
  ];
}
