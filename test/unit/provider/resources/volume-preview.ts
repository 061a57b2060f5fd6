import { Declarations } from "../../../../provider/declarations.js";
import type { LogicalVolume } from "../../../../provider/hosts/observation/lvm-report.js";
import type { Observation } from "../../../../provider/hosts/observation/observation.js";
import { type VolumeInputs, volumeInputs } from "../../../../provider/model/inputs/volume.js";
import { describeProblem } from "../../../../provider/model/problem.js";
import { parseSize } from "../../../../provider/model/size.js";
import { tag } from "../../../../provider/model/tag.js";
import { checkVolume } from "../../../../provider/resources/check-volume.js";
import { volume } from "../../../../provider/resources/volume.js";
import { hostRef, MACHINE_ID, ownerOf } from "../../../support/samples.js";

/** A linear logical volume of the group "fast" that no resource made. */
export const lv = (name: string, size: string, fields: Partial<LogicalVolume> = {}): LogicalVolume => ({
  vg_name: "fast",
  lv_name: name,
  lv_uuid: `uuid-of-${name}`,
  lv_size: parseSize(size),
  lv_layout: ["linear"],
  lv_role: ["public"],
  lv_active: false,
  lv_device_open: false,
  lv_autoactivation: false,
  lv_tags: [],
  pool_lv: "",
  origin: "",
  origin_size: undefined,
  lv_permissions: "writeable",
  data_percent: undefined,
  lv_snapshot_invalid: "",
  lv_metadata_size: undefined,
  lv_profile: "",
  chunk_size: undefined,
  zero: false,
  ...fields,
});

/** The thin pool "fast/pool" as the host has it. */
export const pool = (size: string, fields: Partial<LogicalVolume> = {}) =>
  lv("pool", size, { lv_layout: ["thin", "pool"], zero: true, ...fields });

/** The same pool as the program declares it. */
export const plannedPool = (size: string) => ({
  owner: ownerOf("thinPool", "pool"),
  identity: undefined,
  madeBy: undefined,
  volumeGroup: "fast",
  name: "pool",
  pool: undefined,
  adopt: undefined,
  sizeBytes: parseSize(size),
});

/** A logical volume in the pool that the resource of its name made. */
export const ours = (name: string, size: string, fields: Partial<LogicalVolume> = {}) =>
  lv(name, size, {
    pool_lv: "pool",
    lv_tags: [tag("owner", ownerOf("volume", name)), tag("id", `id-of-${name}`)],
    ...fields,
  });

/** A host with the volume group "fast", 10 GiB of it free. */
export const host = (...logicalVolumes: LogicalVolume[]): Observation => ({
  machineId: MACHINE_ID,
  volumeGroups: [
    {
      vg_name: "fast",
      vg_uuid: "uuid-of-fast",
      vg_size: parseSize("20GiB"),
      vg_free: parseSize("10GiB"),
      vg_extent_size: parseSize("4MiB"),
      vg_tags: [],
      vg_exported: "",
      vg_shared: "",
      vg_partial: "",
    },
  ],
  physicalVolumes: [],
  logicalVolumes,
  disks: [],
  signatures: new Map(),
  links: new Map(),
  installCommand: "apt-get install",
  missing: [],
  outdated: [],
  owners: new Map(),
  runLimits: new Map(),
  programs: [],
  schedules: new Map(),
});

/** A volume as the program declares it: linear. */
export const wanted = (name: string, size: string, fields: object = {}): VolumeInputs =>
  volumeInputs.parse({
    ...{ host: hostRef, owner: ownerOf("volume", name), identity: `id-of-${name}` },
    ...{ volumeGroup: "fast", name, size, ...fields },
  });

/** The same in the pool. */
export const thin = (name: string, size: string, fields: object = {}) =>
  wanted(name, size, { pool: "pool", ...fields });

/** What a preview says of volumes that the engine checks one after the other. */
export function preview(
  observation: Observation,
  volumes: readonly VolumeInputs[],
  declarations = new Declarations(),
): string[] {
  return volumes.flatMap((each) => {
    volume.declare?.(each, declarations);
    return checkVolume(each, observation, declarations).map(
      ({ property, problem }) => `${property}: ${describeProblem(problem)}`,
    );
  });
}
