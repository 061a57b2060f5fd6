import { labelsOf, tagValue } from "../../model/tag.js";
import { identityOf, logicalVolumeAt, logicalVolumeTagged } from "../observation/lookup.js";
import type { LogicalVolume } from "../observation/lvm-report.js";
import type { Observation } from "../observation/observation.js";

type LogicalVolumes = Pick<Observation, "logicalVolumes">;

/** A snapshot that a Snapshot resource took, as the host itself knows it, whatever stack it belongs to. */
export interface LiveSnapshot {
  /** Name of the Host resource. */
  readonly host: string;
  /** The snapshot's own id. */
  readonly id: string;
  readonly volumeGroup: string;
  /** Name of the logical volume. */
  readonly name: string;
  /** The id of the volume that it was taken of. */
  readonly volumeId: string;
  /** Name of that volume's logical volume; undefined when it is gone. */
  readonly volumeName: string | undefined;
  /** Thin pool that holds it; undefined for the snapshot of a linear volume. */
  readonly pool: string | undefined;
  /** LVM's UUID of the logical volume. */
  readonly uuid: string;
  /** When it was taken by the host's clock, in UTC. */
  readonly time: string;
  /** Bytes that it shows. */
  readonly sizeBytes: number;
  /** Bytes of room for what is overwritten in a linear volume; undefined in a thin pool. */
  readonly roomBytes: number | undefined;
  /**
   * How full what it lives in is, in percent: its own room, or the data of its thin pool. At 100 the snapshot of a linear volume is lost.
   * Undefined while LVM does not tell: a linear volume that is not active, a pool in which nothing is.
   */
  readonly usedPercent: number | undefined;
  /** Whether the snapshot of a linear volume has run full, and shows nothing any more. */
  readonly isLost: boolean;
  readonly isReadOnly: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** The resource that it belongs to: organization, project, stack, kind and name. */
  readonly owner: string | undefined;
}

/** The snapshots of all stacks on a host, the newest last. Those of backups are none of them. */
export function liveSnapshots(host: string, observation: LogicalVolumes): LiveSnapshot[] {
  return observation.logicalVolumes
    .flatMap((found) => {
      const volumeId = tagValue(found.lv_tags, "snapshot-of");
      return volumeId === undefined || !isSnapshot(found) ? [] : [liveSnapshot(host, volumeId, found, observation)];
    })
    .sort((one, other) => (one.time < other.time ? -1 : 1));
}

/** The snapshot of the resource with the identity. */
export function snapshotWith({ logicalVolumes }: LogicalVolumes, identity: string): LogicalVolume | undefined {
  return logicalVolumes.find((each) => isSnapshot(each) && identityOf(each.lv_tags, each.lv_uuid) === identity);
}

/** When a snapshot was taken, by the tag that it got with that; "" when somebody took the tag away. */
export function snapshotTime({ lv_tags }: LogicalVolume): string {
  const seconds = tagValue(lv_tags, "taken");
  return seconds === undefined ? "" : new Date(Number(seconds) * 1000).toISOString();
}

/** Names of the classic snapshots of a linear volume, as find_classic_snapshots in snapshots.sh: those of backups go by themselves. */
export function classicSnapshots({ vg_name, lv_name }: LogicalVolume, { logicalVolumes }: LogicalVolumes): string[] {
  return logicalVolumes
    .filter((each) => each.vg_name === vg_name && each.origin === lv_name && each.pool_lv === "")
    .filter(({ lv_tags }) => tagValue(lv_tags, "backup-of") === undefined)
    .map((each) => each.lv_name);
}

/** As is_snapshot in snapshots.sh: what a create leaves that was cut is a plain logical volume with the tags of a classic snapshot. */
function isSnapshot({ lv_tags, lv_role, pool_lv }: LogicalVolume): boolean {
  return tagValue(lv_tags, "snapshot-of") !== undefined && (pool_lv !== "" || lv_role.includes("snapshot"));
}

function liveSnapshot(host: string, volumeId: string, found: LogicalVolume, observation: LogicalVolumes): LiveSnapshot {
  const { vg_name, pool_lv } = found;
  const isThin = pool_lv !== "";
  return {
    host,
    id: identityOf(found.lv_tags, found.lv_uuid),
    volumeGroup: vg_name,
    name: found.lv_name,
    volumeId,
    volumeName: logicalVolumeTagged(observation, "id", volumeId)?.lv_name,
    pool: isThin ? pool_lv : undefined,
    uuid: found.lv_uuid,
    time: snapshotTime(found),
    sizeBytes: isThin ? found.lv_size : (found.origin_size ?? 0),
    roomBytes: isThin ? undefined : found.lv_size,
    usedPercent: isThin ? logicalVolumeAt(observation, `${vg_name}/${pool_lv}`)?.data_percent : found.data_percent,
    isLost: found.lv_snapshot_invalid === "snapshot invalid",
    isReadOnly: found.lv_permissions.startsWith("read-only"),
    labels: labelsOf(found.lv_tags),
    owner: tagValue(found.lv_tags, "owner"),
  };
}
