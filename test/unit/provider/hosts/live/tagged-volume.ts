import type { LogicalVolume, VolumeGroupReport } from "../../../../../provider/hosts/observation/lvm-report.js";
import type { Observation } from "../../../../../provider/hosts/observation/observation.js";

/** A logical volume of the group "fast" with the tags; 1 GiB, thin, not active unless told. */
export function taggedVolume(name: string, tags: readonly string[], more: Partial<LogicalVolume> = {}): LogicalVolume {
  return {
    vg_name: "fast",
    lv_name: name,
    lv_uuid: `uuid-of-${name}`,
    lv_size: 2 ** 30,
    lv_layout: ["thin", "sparse"],
    lv_role: ["public"],
    lv_active: false,
    lv_device_open: false,
    lv_autoactivation: false,
    lv_tags: tags.map((tag) => `pulumi-lvm.${tag}`),
    pool_lv: "pool",
    origin: "",
    origin_size: undefined,
    lv_permissions: "writeable",
    data_percent: undefined,
    lv_snapshot_invalid: "",
    lv_metadata_size: undefined,
    lv_profile: "",
    chunk_size: undefined,
    zero: false,
    ...more,
  };
}

/** A host with these logical volumes. */
export function hostWith(...logicalVolumes: readonly LogicalVolume[]): Pick<Observation, "logicalVolumes"> {
  return { logicalVolumes };
}

/** A thin pool of the group "fast" that zeroes new chunks; 1 GiB unless told. */
export function thinPoolNamed(name: string, more: Partial<LogicalVolume> = {}): LogicalVolume {
  return taggedVolume(name, [], {
    lv_layout: ["thin", "pool"],
    lv_role: ["private"],
    pool_lv: "",
    zero: true,
    ...more,
  });
}

/** A volume group without tags that can be used. */
export function groupNamed(name: string, more: Partial<VolumeGroupReport> = {}): VolumeGroupReport {
  return {
    vg_name: name,
    vg_uuid: `uuid-of-${name}`,
    vg_size: 2 ** 33,
    vg_free: 2 ** 32,
    vg_extent_size: 2 ** 22,
    vg_tags: [],
    vg_exported: "",
    vg_shared: "",
    vg_partial: "",
    ...more,
  };
}
