import { tagValue } from "../../model/tag.js";
import type { BlockDevice, LogicalVolume, VolumeGroupReport } from "./lvm-report.js";
import type { Observation } from "./observation.js";

type VolumeGroups = Pick<Observation, "volumeGroups">;
type LogicalVolumes = Pick<Observation, "logicalVolumes">;

/** The volume group of a name; undefined when the host does not show it, which is no proof that it is gone. */
export function volumeGroupNamed({ volumeGroups }: VolumeGroups, name: string): VolumeGroupReport | undefined {
  return volumeGroups.find(({ vg_name }) => vg_name === name);
}

/** The logical volume at a path such as `fast/data`. */
export function logicalVolumeAt({ logicalVolumes }: LogicalVolumes, path: string): LogicalVolume | undefined {
  return logicalVolumes.find(({ vg_name, lv_name }) => `${vg_name}/${lv_name}` === path);
}

/** The logical volume with LVM's UUID. */
export function logicalVolumeWithUuid({ logicalVolumes }: LogicalVolumes, uuid: string): LogicalVolume | undefined {
  return logicalVolumes.find(({ lv_uuid }) => lv_uuid === uuid);
}

/** The logical volume on which our tag has a value. */
export function logicalVolumeTagged(
  { logicalVolumes }: LogicalVolumes,
  key: Parameters<typeof tagValue>[1],
  value: string,
): LogicalVolume | undefined {
  return logicalVolumes.find(({ lv_tags }) => tagValue(lv_tags, key) === value);
}

/**
 * The identity of the resource that a volume group, a thin pool or a volume belongs to. The same rule as in `find_lv` and `find_own_vg`
 * on the host: a tag says it; else a volume's own id does; what an older release made otherwise goes by LVM's UUID.
 */
export function identityOf(tags: readonly string[], uuid: string): string {
  return tagValue(tags, "identity") ?? tagValue(tags, "id") ?? uuid;
}

/** The logical volume of the resource with the identity. */
export function logicalVolumeOf({ logicalVolumes }: LogicalVolumes, identity: string): LogicalVolume | undefined {
  return logicalVolumes.find(({ lv_tags, lv_uuid }) => identityOf(lv_tags, lv_uuid) === identity);
}

/** The volume group of the resource with the identity. */
export function volumeGroupOf({ volumeGroups }: VolumeGroups, identity: string): VolumeGroupReport | undefined {
  return volumeGroups.find(({ vg_tags, vg_uuid }) => identityOf(vg_tags, vg_uuid) === identity);
}

/** Extent size of a volume group in bytes; 0 when the host does not show it. */
export function extentBytesOf(observation: VolumeGroups, name: string): number {
  return volumeGroupNamed(observation, name)?.vg_extent_size ?? 0;
}

/** The block device that a path or a link names; undefined when the host has none. */
export function deviceAt(
  { disks, links }: Pick<Observation, "disks" | "links">,
  path: string,
): BlockDevice | undefined {
  const kernelName = links.get(path) ?? path;
  return disks.find(({ name, kname }) => name === path || kname === kernelName);
}
