import * as pulumi from "@pulumi/pulumi";
import type { HostRef } from "../provider/model/connection.js";
import type { RecoveryPointChoice } from "../provider/model/recovery-point-choice.js";
import { noteAnchor } from "./anchors.js";
import type { BackupTarget, BackupTargetLocation } from "./backup-target.js";
import { noteVolume, refuseLateVolume } from "./declared-volumes.js";
import type { HostLocation } from "./host.js";
import { refusal } from "./refusal.js";
import { isOfKind, LvmResource } from "./resource.js";
import type { ThinPool } from "./thin-pool.js";
import type { VolumeGroup } from "./volume-group.js";

export interface VolumeArgs {
  /** Thin pool that holds it. Either this or `volumeGroup`. */
  readonly pool?: ThinPool;
  /** Volume group that holds it as a linear logical volume. Either this or `pool`. */
  readonly volumeGroup?: VolumeGroup;
  /** Name of the logical volume. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /** At least this much, such as `"20GiB"`. It grows in place; a smaller size is an error at preview. */
  readonly size: pulumi.Input<string>;
  /** File system that is made once, when the volume is made. Default `"none"`. */
  readonly fileSystem?: pulumi.Input<"none" | "ext4" | "xfs">;
  /** Labels, kept as LV tags. Keys: 1 to 63 of `A-Z a-z 0-9 _ . -`. */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What a delete does: rename it and keep it for `graceDays` (`"tombstone"`, the default), leave it alone, or remove it at once. */
  readonly deletionPolicy?: pulumi.Input<"tombstone" | "retain" | "delete">;
  /** Days that a tombstone is kept before the host removes it. Default 7. */
  readonly graceDays?: pulumi.Input<number>;
  /**
   * Whether a delete goes on though its BackupSchedule asks for a newer verified backup than there is. Applied by a `pulumi up` before the
   * delete. Default false.
   */
  readonly deleteUnverified?: pulumi.Input<boolean>;
  /** LVM's UUID of an existing logical volume to take over: a foreign one, a retained one, or a tombstone. */
  readonly adopt?: pulumi.Input<string>;
  /**
   * What the volume is made from, once: it appears whole, compared with the backup's digest, or not at all. `size` is the backed up
   * volume's or more. Another source of an existing volume is an error; declare a new volume.
   */
  readonly source?: VolumeSource;
}

/** A recovery point: that of a Backup, or one that a target has of any volume, also of one that is gone. */
export interface VolumeSource {
  readonly backup: MadeRecoveryPoint | RecoveryPointArgs;
}

/** What a Backup tells of the recovery point that it made. */
export interface MadeRecoveryPoint {
  readonly target: BackupTargetLocation;
  /** Id of the volume that was backed up. */
  readonly volumeId: pulumi.Output<string>;
  readonly recoveryPoint: pulumi.Output<string>;
}

export interface RecoveryPointArgs {
  readonly target: BackupTarget;
  /** The volume that was backed up, or its id. */
  readonly volume: Volume | pulumi.Input<string>;
  /** Id of the recovery point, `"latest"` (the default), `"latest-verified"`, or the newest at or before a time in UTC. */
  readonly recoveryPoint?: pulumi.Input<RecoveryPointChoice>;
}

/** Where a volume is: a workload that needs it runs there and nowhere else. */
export interface Placement {
  /** Name of the Host resource. */
  readonly host: string;
}

/** What an Attachment needs to know of a volume; a stack that shares its volume passes this on. */
export interface VolumeRef {
  readonly id: string;
  readonly name: string;
  readonly volumeGroup: string;
  readonly host: HostRef;
}

/** A logical volume on one host, thin or linear, with an id of its own that stays the same whatever it is called. */
export class Volume extends LvmResource {
  declare readonly volumeGroup: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly size: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<Record<string, string> | undefined>;
  /** The volume's own id. */
  declare readonly volumeId: pulumi.Output<string>;
  /** LVM's UUID of the logical volume. */
  declare readonly uuid: pulumi.Output<string>;
  /** Actual size in bytes: whole extents. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** Path of the device on the host; there while the volume is attached. */
  declare readonly devicePath: pulumi.Output<string>;
  /** What only the guest can do, such as growing a mounted file system; "" when there is nothing to do. */
  declare readonly guestAction: pulumi.Output<string>;
  /** SHA-256 of the event that made or last changed it. */
  declare readonly event: pulumi.Output<string>;
  /** The host that it is on. */
  readonly location: HostLocation;
  /** Whether it is in a thin pool. */
  readonly isThin: boolean;
  /** Where the volume is; known at preview. */
  readonly placement: pulumi.Output<Placement>;
  /** For an Attachment of another stack. */
  readonly ref: pulumi.Output<VolumeRef>;

  constructor(name: string, args: VolumeArgs, options: pulumi.CustomResourceOptions = {}) {
    const { pool, volumeGroup, source, ...rest } = args;
    if ((pool === undefined) === (volumeGroup === undefined)) {
      throw refusal({
        summary: `Volume "${name}" needs either pool, for a thin volume, or volumeGroup, for a linear one`,
        detail: "",
        next: "",
      });
    }
    refuseLateVolume(name, args.labels);
    const holder = pool ?? (volumeGroup as VolumeGroup);
    const holderInputs =
      pool === undefined
        ? { volumeGroup: holder.name }
        : {
            volumeGroup: pool.volumeGroup,
            pool: pool.name,
            ...pool.limits,
          };
    super(
      "volume",
      "Volume",
      name,
      {
        labels: undefined,
        ...rest,
        ...holderInputs,
        name: rest.name ?? name,
        source: sourceOf(source),
        host: holder.location,
      },
      ["volumeId", "uuid", "sizeBytes", "extentBytes", "devicePath", "guestAction", "event"],
      options,
    );
    this.location = holder.location;
    this.isThin = pool !== undefined;
    noteVolume(name, this, args.labels);
    noteAnchor(this.location, `Volume "${name}"`, this.event);
    this.placement = pulumi.output(holder.location.name).apply((host) => ({ host }));
    this.ref = pulumi.output({
      id: this.volumeId,
      name: this.name,
      volumeGroup: this.volumeGroup,
      host: this.location,
    }) as pulumi.Output<VolumeRef>;
  }
}

/** Whether it is a Volume, and not the id or the `ref` of one. */
export const isVolume = (volume: unknown): volume is Volume => isOfKind<Volume>("volume", volume);

function sourceOf(source: VolumeSource | undefined): pulumi.Inputs | undefined {
  if (source === undefined) return undefined;
  const { backup } = source;
  if ("volumeId" in backup) {
    return { target: backup.target, volumeId: backup.volumeId, recoveryPoint: backup.recoveryPoint };
  }
  const { target, volume, recoveryPoint = "latest" } = backup;
  const volumeId = isVolume(volume) ? volume.volumeId : volume;
  return { target: target.ref, volumeId, recoveryPoint };
}
