/**
 * What the program's resources will bring about on one host, noted as the engine checks them one after the other.
 * A preview knows only this of a pool that does not exist yet.
 */
export class Plan {
  /** Volume groups that will be made. */
  readonly volumeGroups = new Set<string>();
  /** Thin pools that will be made, as `vg/pool`. */
  readonly pools = new Map<string, { sizeBytes: number; maxOvercommit: number }>();
  /** Thin volumes that will be made or grown, as `vg/lv`. */
  readonly thinVolumes = new Map<string, { pool: string; sizeBytes: number }>();
  /** Disks that a volume group of the program takes, and its name. */
  readonly disks = new Map<string, string>();
}
