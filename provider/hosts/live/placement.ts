import type { HostRef } from "../../model/connection.js";
import type { PlacementDocument } from "../../model/placement-document.js";
import { TAG_PREFIX } from "../../model/tag.js";
import type { LogicalVolume, VolumeGroupReport } from "../observation/lvm-report.js";
import type { Observation } from "../observation/observation.js";
import { isThinPool, totalBytes, volumesInPool } from "../observation/pool-volumes.js";
import { type LiveVolume, liveVolumes } from "./volumes.js";

/** What a program says of the room in a thin pool. */
export interface PoolLimits {
  readonly maxOvercommit: number;
  readonly allowUnzeroedChunks: boolean;
}

/** What a pool has of which the program says nothing: the ThinPool of another stack, or nobody's. */
const DEFAULT_LIMITS: PoolLimits = { maxOvercommit: 1, allowUnzeroedChunks: false };

/** What a placement document says of a host that answered. */
export interface HostPlacement {
  readonly host: PlacementDocument["hosts"][number];
  readonly volumes: PlacementDocument["volumes"];
}

type Lvm = Pick<Observation, "volumeGroups" | "logicalVolumes">;

/**
 * The volumes of a host, and the room that it has left for new ones.
 * @param limits What the program says of its thin pools, by LVM's UUID.
 */
export function hostPlacement(host: HostRef, lvm: Lvm, limits: ReadonlyMap<string, PoolLimits>): HostPlacement {
  const isUsable = new Set(lvm.volumeGroups.filter(takesVolumes).map(({ vg_name }) => vg_name));
  return {
    host: {
      ...unreachedHost(host),
      isReached: true,
      volumeGroups: lvm.volumeGroups.map(({ vg_name, vg_free }) => ({
        volumeGroup: vg_name,
        roomBytes: isUsable.has(vg_name) ? vg_free : 0,
      })),
      pools: lvm.logicalVolumes.filter(isThinPool).map((pool) => ({
        volumeGroup: pool.vg_name,
        name: pool.lv_name,
        sizeBytes: pool.lv_size,
        roomBytes: isUsable.has(pool.vg_name) ? poolRoom(pool, lvm, limits.get(pool.lv_uuid) ?? DEFAULT_LIMITS) : 0,
      })),
    },
    volumes: liveVolumes(host.name, lvm).map((volume) => placedVolume(volume, host)),
  };
}

/** What a placement document says of a host that did not answer. */
export function unreachedHost({ name, machineId, connection: { address } }: HostRef): HostPlacement["host"] {
  return { name, address, machineId, isReached: false, volumeGroups: [], pools: [] };
}

/** Whether LVM makes anything in it. */
const takesVolumes = ({ vg_exported, vg_shared, vg_partial }: VolumeGroupReport): boolean =>
  [vg_exported, vg_shared, vg_partial].every((flag) => flag === "");

/** The over-commit guard lets new volumes have this much; a pool that is on its way out, or whose chunks are not zeroed, has none. */
function poolRoom(pool: LogicalVolume, lvm: Lvm, { maxOvercommit, allowUnzeroedChunks }: PoolLimits): number {
  const isLeaving = pool.lv_tags.includes(`${TAG_PREFIX}leaving`);
  if (isLeaving || (!pool.zero && !allowUnzeroedChunks)) return 0;
  const promised = totalBytes(volumesInPool(`${pool.vg_name}/${pool.lv_name}`, lvm));
  return Math.max(0, Math.floor(pool.lv_size * maxOvercommit) - promised);
}

function placedVolume(volume: LiveVolume, { connection: { address } }: HostRef): HostPlacement["volumes"][number] {
  const { id, name, volumeGroup, pool, owner, labels, sizeBytes, host, status, microVm } = volume;
  return {
    id,
    name,
    volumeGroup,
    pool: pool ?? null,
    owner: owner ?? null,
    labels,
    sizeBytes,
    host,
    address,
    isReady: status === "available" || status === "attached",
    microVm: microVm ?? null,
  };
}
