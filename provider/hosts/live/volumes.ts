import { isUnfinished, labelsOf, tagValue } from "../../model/tag.js";
import type { LogicalVolume } from "../observation/lvm-report.js";
import type { Observation } from "../observation/observation.js";

/**
 * `available`: it can be attached. `attached`: one microVM has it. `unfinished`: it still has to be zeroed, formatted or restored.
 * `retained`: its stack let go of it. `deleted`: it waits for its removal.
 */
export type VolumeStatus = "available" | "attached" | "unfinished" | "retained" | "deleted";

/** A volume as the host itself knows it, whatever stack it belongs to. */
export interface LiveVolume {
  /** Name of the Host resource. */
  readonly host: string;
  /** The volume's own id. */
  readonly id: string;
  readonly status: VolumeStatus;
  readonly volumeGroup: string;
  /** Name of the logical volume. */
  readonly name: string;
  /** Thin pool that holds it; undefined for a linear one. */
  readonly pool: string | undefined;
  /** LVM's UUID of the logical volume. */
  readonly uuid: string;
  readonly sizeBytes: number;
  readonly devicePath: string;
  /** Whether its device is there. */
  readonly isActive: boolean;
  /** Whether something holds its device open. */
  readonly isOpen: boolean;
  /** File system that we made; undefined when there is none of ours. */
  readonly fileSystem: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** The resource that it belongs to: organization, project, stack, kind and name. A deleted or retained one belongs to none. */
  readonly owner: string | undefined;
  /** The resource that let go of a retained one. */
  readonly retainedBy: string | undefined;
  /** The microVM that has it. */
  readonly microVm: string | undefined;
  /** When the host removes a deleted one, in UTC, such as `2026-11-30T08:00:00.000Z`. */
  readonly reapAfter: string | undefined;
}

/** The volumes of all stacks on a host. */
export function liveVolumes(host: string, { logicalVolumes }: Pick<Observation, "logicalVolumes">): LiveVolume[] {
  return logicalVolumes.flatMap((found) => {
    const id = tagValue(found.lv_tags, "id");
    return id === undefined ? [] : [liveVolume(host, id, found)];
  });
}

/** When the host removes a deleted logical volume; undefined when it is not deleted. */
export function reapTime(tags: readonly string[]): string | undefined {
  const seconds = tagValue(tags, "reap-after");
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000).toISOString();
}

function liveVolume(host: string, id: string, found: LogicalVolume): LiveVolume {
  const { lv_tags: tags } = found;
  return {
    host,
    id,
    status: statusOf(tags),
    volumeGroup: found.vg_name,
    name: found.lv_name,
    pool: found.pool_lv === "" ? undefined : found.pool_lv,
    uuid: found.lv_uuid,
    sizeBytes: found.lv_size,
    devicePath: `/dev/${found.vg_name}/${found.lv_name}`,
    isActive: found.lv_active,
    isOpen: found.lv_device_open,
    fileSystem: tagValue(tags, "fs"),
    labels: labelsOf(tags),
    owner: tagValue(tags, "owner"),
    retainedBy: tagValue(tags, "retained"),
    microVm: tagValue(tags, "microvm"),
    reapAfter: reapTime(tags),
  };
}

function statusOf(tags: readonly string[]): VolumeStatus {
  if (tagValue(tags, "reap-after") !== undefined) return "deleted";
  if (tagValue(tags, "retained") !== undefined) return "retained";
  if (isUnfinished(tags)) return "unfinished";
  return tagValue(tags, "attachment") === undefined ? "available" : "attached";
}
