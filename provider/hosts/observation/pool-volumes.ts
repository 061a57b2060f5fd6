import { tagValue } from "../../model/tag.js";
import type { LogicalVolume } from "./lvm-report.js";
import type { Observation } from "./observation.js";

/**
 * The volumes that a thin pool has promised its space to, whoever they belong to. A backup's snapshot is part of its volume, and a drill's
 * goes by itself: the host counts them the same way (`volumes_in`).
 * @param path Volume group and name of the pool, such as `fast/pool`.
 */
export function volumesInPool(
  path: string,
  { logicalVolumes }: Pick<Observation, "logicalVolumes">,
): readonly LogicalVolume[] {
  return logicalVolumes.filter(
    ({ vg_name, pool_lv, lv_tags }) =>
      `${vg_name}/${pool_lv}` === path &&
      ["backup-of", "drill-of"].every((key) => tagValue(lv_tags, key) === undefined),
  );
}

/** Whether it is a thin pool; a pool of a cache or of VDO is none. */
export const isThinPool = ({ lv_layout }: LogicalVolume): boolean =>
  lv_layout.includes("thin") && lv_layout.includes("pool");

/** The sizes of the logical volumes together, in bytes. */
export const totalBytes = (volumes: readonly LogicalVolume[]): number =>
  volumes.reduce((sum, { lv_size }) => sum + lv_size, 0);
