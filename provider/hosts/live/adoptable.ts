import type { HostRef } from "../../model/connection.js";
import { thinPoolInputs } from "../../model/inputs/thin-pool.js";
import { volumeInputs } from "../../model/inputs/volume.js";
import { exactSize } from "../../model/size.js";
import { isUnfinished, labelsOf, TAG_PREFIX, tagValue } from "../../model/tag.js";
import { isPlain } from "../observation/is-plain.js";
import type { LogicalVolume, VolumeGroupReport } from "../observation/lvm-report.js";
import type { Observation } from "../observation/observation.js";
import { isThinPool, totalBytes, volumesInPool } from "../observation/pool-volumes.js";
import { reasonAgainstGroup, reasonAgainstOwner } from "./adoption-refusals.js";
import type { KnownResources } from "./orphans.js";
import type { PoolLimits } from "./placement.js";

/** A volume group of a host that a program can have. */
export interface AdoptableGroup {
  readonly name: string;
  /** Whether the stack has it already. */
  readonly isKnown: boolean;
  readonly pools: readonly AdoptablePool[];
  readonly volumes: readonly AdoptableVolume[];
}

/** A thin pool in such a group, with the limits that its volumes need. */
export interface AdoptablePool extends PoolLimits {
  readonly name: string;
  /** Whether the stack has it already. */
  readonly isKnown: boolean;
}

/** A logical volume in such a group that can become a Volume of the stack. */
export interface AdoptableVolume {
  readonly name: string;
  /** Undefined for a linear one. */
  readonly pool: string | undefined;
  /** As a program writes it; exactly what the logical volume has. */
  readonly size: string;
  /** LVM's UUID of the logical volume. */
  readonly uuid: string;
  /** Undefined when the host has seen none, which it cannot while the device is not there. */
  readonly fileSystem: "ext4" | "xfs" | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** Something that cannot be adopted. */
export interface Unadoptable {
  /** A volume group, or a logical volume such as `fast/data`. */
  readonly path: string;
  readonly reason: string;
}

/** What a host has that the stack does not. */
export interface Adoptable {
  readonly groups: readonly AdoptableGroup[];
  readonly leftOut: readonly Unadoptable[];
}

type Seen = Pick<Observation, "volumeGroups" | "logicalVolumes" | "disks">;

/**
 * The volume groups, thin pools and volumes of a host that the stack does not have and can have, and those that it cannot. Groups and
 * pools that the stack has are among them where something in them is new.
 * @param limits What the program says of its thin pools, by LVM's UUID.
 */
export function findAdoptable(
  host: HostRef,
  seen: Seen,
  known: KnownResources,
  limits: ReadonlyMap<string, PoolLimits>,
): Adoptable {
  const leftOut: Unadoptable[] = [];
  const groups = seen.volumeGroups.flatMap((group): AdoptableGroup[] => {
    const isKnown = known.volumeGroups.has(group.vg_uuid);
    const reason = reasonAgainstGroup(group, isKnown, known.stack);
    if (reason !== undefined) {
      leftOut.push({ path: group.vg_name, reason });
      return [];
    }
    const found = contentsOf(group, host, seen, known, limits);
    leftOut.push(...found.leftOut);
    const isNew = !isKnown || found.volumes.length > 0 || found.pools.some((pool) => !pool.isKnown);
    return isNew ? [{ name: group.vg_name, isKnown, pools: found.pools, volumes: found.volumes }] : [];
  });
  return { groups, leftOut };
}

interface Contents extends Pick<AdoptableGroup, "pools" | "volumes"> {
  readonly leftOut: readonly Unadoptable[];
}

function contentsOf(
  group: VolumeGroupReport,
  host: HostRef,
  seen: Seen,
  known: KnownResources,
  limits: ReadonlyMap<string, PoolLimits>,
): Contents {
  const inside = seen.logicalVolumes.filter(({ vg_name }) => vg_name === group.vg_name);
  const leftOut: Unadoptable[] = [];
  const pools = inside.filter(isThinPool).flatMap((pool): AdoptablePool[] => {
    const isKnown = known.pools.has(pool.lv_uuid);
    const reason = isKnown ? undefined : reasonAgainstPool(pool, host, known.stack);
    if (reason !== undefined) leftOut.push({ path: pathOf(pool), reason });
    return reason === undefined ? [{ name: pool.lv_name, isKnown, ...limitsOf(pool, seen, limits) }] : [];
  });
  const volumes = inside
    // LVM's own parts of others are private.
    .filter(({ lv_role, lv_tags }) => lv_role.includes("public") && !isKnownBy(lv_tags, known))
    .flatMap((lv): AdoptableVolume[] => {
      const volume = adoptableVolume(lv, seen);
      const reason = reasonAgainstVolume(lv, volume, pools, host, known.stack);
      if (reason !== undefined) leftOut.push({ path: pathOf(lv), reason });
      return reason === undefined ? [volume] : [];
    });
  const isUsed = ({ name, isKnown }: AdoptablePool) => !isKnown || volumes.some(({ pool }) => pool === name);
  return { pools: pools.filter(isUsed), volumes, leftOut };
}

/** Whether the stack has it already, as a volume or as a snapshot. */
const isKnownBy = (tags: readonly string[], { volumes, snapshots }: KnownResources): boolean =>
  volumes.has(tagValue(tags, "id") ?? "") ||
  (tagValue(tags, "snapshot-of") !== undefined && snapshots.has(tagValue(tags, "identity") ?? ""));

const pathOf = ({ vg_name, lv_name }: LogicalVolume): string => `${vg_name}/${lv_name}`;

/** What the program says, or else the least with which what is in the pool passes the checks of a preview. */
function limitsOf(pool: LogicalVolume, seen: Seen, limits: ReadonlyMap<string, PoolLimits>): PoolLimits {
  const said = limits.get(pool.lv_uuid);
  if (said !== undefined) return { maxOvercommit: said.maxOvercommit, allowUnzeroedChunks: said.allowUnzeroedChunks };
  const promised = totalBytes(volumesInPool(pathOf(pool), seen));
  return {
    maxOvercommit: Math.max(1, Math.ceil((promised / pool.lv_size) * 100) / 100),
    allowUnzeroedChunks: !pool.zero,
  };
}

function adoptableVolume(lv: LogicalVolume, { disks }: Seen): AdoptableVolume {
  // As device-mapper writes names: each hyphen twice.
  const device = `/dev/mapper/${[lv.vg_name, lv.lv_name].map((name) => name.replaceAll("-", "--")).join("-")}`;
  const fileSystem = tagValue(lv.lv_tags, "fs") ?? disks.find(({ name }) => name === device)?.fstype;
  return {
    name: lv.lv_name,
    pool: lv.pool_lv === "" ? undefined : lv.pool_lv,
    size: exactSize(lv.lv_size),
    uuid: lv.lv_uuid,
    fileSystem: fileSystem === "ext4" || fileSystem === "xfs" ? fileSystem : undefined,
    labels: labelsOf(lv.lv_tags),
  };
}

/** Names of a stack that is none, with which inputs are checked: their other fields count. */
const placeholder = ({ name, machineId, connection }: HostRef, kind: string) => ({
  host: { name, machineId, connection },
  owner: `organization/project/stack/${kind}/name`,
});

function reasonAgainstPool(pool: LogicalVolume, host: HostRef, stack: string): string | undefined {
  if (pool.lv_tags.includes(`${TAG_PREFIX}leaving`)) return "it goes after the deleted volumes in it";
  const { vg_name: volumeGroup, lv_name: name } = pool;
  const inputs = { ...placeholder(host, "thinPool"), volumeGroup, name, existing: true };
  return reasonAgainstOwner(pool.lv_tags, stack) ?? complaintOf(thinPoolInputs.safeParse(inputs));
}

/** What a schema says first, on one line; undefined when all is well. */
function complaintOf(
  parsed: ReturnType<(typeof volumeInputs | typeof thinPoolInputs)["safeParse"]>,
): string | undefined {
  const [issue] = parsed.error?.issues ?? [];
  return issue === undefined ? undefined : `its ${issue.path.join(".")} ${issue.message}`;
}

function reasonAgainstVolume(
  lv: LogicalVolume,
  { name, pool, size, uuid, fileSystem, labels }: AdoptableVolume,
  pools: readonly AdoptablePool[],
  host: HostRef,
  stack: string,
): string | undefined {
  const tags = lv.lv_tags;
  const backupOf = tagValue(tags, "backup-of");
  if (backupOf !== undefined) return `it is a snapshot that backups of volume ${backupOf} keep`;
  if (tagValue(tags, "snapshot-of") !== undefined)
    return "it is a Snapshot: declare it as one, with its name and its volume";
  if (tagValue(tags, "drill-of") !== undefined)
    return "it is the scratch volume of a restore drill, and goes by itself";
  if (tagValue(tags, "stage") !== undefined)
    return "it is space of a grow that was cut short: 'npx pulumi-lvm orphans' says what to do";
  if (tagValue(tags, "reap-after") !== undefined)
    return `it is deleted; to bring it back, set adopt: "${uuid}" on a Volume`;
  if (tagValue(tags, "attachment") !== undefined) return `it is attached to microVM "${tagValue(tags, "microvm")}"`;
  const ofOwner = reasonAgainstOwner(tags, stack);
  if (ofOwner !== undefined) return ofOwner;
  if (isUnfinished(tags)) return "it was not finished: something is left to zero, format or restore";
  if (!isPlain(lv))
    return `it is ${[...lv.lv_layout, ...lv.lv_role].join(", ")}: only linear, striped and thin volumes can be adopted`;
  if (lv.lv_device_open)
    return `it is in use: stop what uses it ('fuser -v /dev/${pathOf(lv)}' shows it), then ask again`;
  if (pool !== undefined && pools.every((each) => each.name !== pool)) return `its thin pool "${pool}" is left out`;
  const { vg_name: volumeGroup } = lv;
  const inputs = { ...placeholder(host, "volume"), volumeGroup, pool, name, size, adopt: uuid, fileSystem, labels };
  return complaintOf(volumeInputs.safeParse(inputs));
}
