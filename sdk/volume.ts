import * as pulumi from "@pulumi/pulumi";
import type { RecoveryPointChoice } from "../provider/model/recovery-point-choice.js";
import { noteAnchor } from "./anchors.js";
import { type CloneSource, cloneOf } from "./clone-source.js";
import { noteVolume, refuseLateVolume } from "./declared-volumes.js";
import {
  type BackupInput,
  type BackupTargetInput,
  backupFields,
  backupTargetFields,
  type HostFields,
  storeOf,
  type ThinPoolFields,
  type ThinPoolInput,
  thinPoolFields,
  type VolumeFields,
  type VolumeGroupInput,
  type VolumeInput,
  type VolumeRef,
  volumeGroupFields,
} from "./refs.js";
import { refusal } from "./refusal.js";
import { isOfKind, LvmResource } from "./resource.js";

/** What is said of a volume; of a clone, the size may be left out. */
export type VolumeArgs = VolumeSettings &
  (
    | { readonly size: pulumi.Input<string>; readonly source?: VolumeSource }
    | { readonly size?: pulumi.Input<string>; readonly source: CloneSource }
  );

interface VolumeSettings {
  /** Thin pool that holds it, or the `ref` of one of another stack. Either this or `volumeGroup`. */
  readonly pool?: ThinPoolInput;
  /** Volume group that holds it as a linear logical volume, or the `ref` of one of another stack. Either this or `pool`. */
  readonly volumeGroup?: VolumeGroupInput;
  /** Name of the logical volume. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /**
   * At least this much, such as `"20GiB"`. It grows in place; a smaller size is an error at preview. A clone has, and keeps, what its source
   * has at that time when it is left out.
   */
  readonly size?: pulumi.Input<string>;
  /** File system that is made once, when the volume is made; a volume with a `source` has what that holds. Default `"none"`. */
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
   * What the volume is made from, once; `size` is the source's or more. From a backup it appears whole, compared with the backup's digest,
   * or not at all. A clone of a snapshot or of another volume is made at once, whatever the size, in the same thin pool: the two share what
   * neither has overwritten. Its file system has the same UUID: see docs/limitations.md before one guest gets both. When the volume is there,
   * the source may go, from the program too; another one is an error: declare a new volume.
   */
  readonly source?: VolumeSource;
}

/**
 * A recovery point: that of a Backup of this or another stack, or one that a target has of any volume, also of one that is gone. Or what is
 * cloned.
 */
export type VolumeSource = { readonly backup: BackupInput | RecoveryPointArgs } | CloneSource;

export interface RecoveryPointArgs {
  /** The target that has it, or the `ref` of one of another stack. */
  readonly target: BackupTargetInput;
  /** The volume that was backed up, the `ref` of one of another stack, or its id. */
  readonly volume: VolumeInput | pulumi.Input<string>;
  /** Id of the recovery point, `"latest"` (the default), `"latest-verified"`, or the newest at or before a time in UTC. */
  readonly recoveryPoint?: pulumi.Input<RecoveryPointChoice>;
}

/** Where a volume is: a workload that needs it runs there and nowhere else. */
export interface Placement {
  /** Name of the Host resource. */
  readonly host: string;
}

/** A logical volume on one host, thin or linear, with an id of its own that stays the same whatever it is called. */
export class Volume extends LvmResource {
  declare readonly volumeGroup: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly size: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<Record<string, string> | undefined>;
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
  /** Whether it is in a thin pool. */
  readonly isThin: boolean;
  /** Where the volume is; known at preview. */
  readonly placement: pulumi.Output<Placement>;
  /** The volume as an argument of other resources: pass it on as a stack output, and other stacks can attach it and back it up. */
  readonly ref: VolumeFields;

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
    const { host, ...holder } = holderOf(name, pool, volumeGroup);
    const { pool: poolName = pulumi.output(undefined), maxOvercommit = pulumi.output(undefined) } = holder;
    super(
      "volume",
      "Volume",
      name,
      {
        labels: undefined,
        ...rest,
        ...holder,
        name: rest.name ?? name,
        ...sourceOf(name, source),
        host,
      },
      ["uuid", "sizeBytes", "extentBytes", "devicePath", "guestAction", "event"],
      options,
    );
    this.isThin = pool !== undefined;
    noteVolume(name, this, args.labels);
    noteAnchor(host, `Volume "${name}"`, this.event);
    this.placement = placementOn(host);
    this.ref = {
      id: this.volumeId,
      name: this.name,
      volumeGroup: this.volumeGroup,
      isThin: pulumi.output(this.isThin),
      pool: poolName,
      maxOvercommit,
      host,
    };
  }

  /** The volume's own id. */
  get volumeId(): pulumi.Output<string> {
    // The engine knows it in a preview that updates the volume.
    return this.id;
  }
}

/** Whether it is a Volume, and not the id or the `ref` of one. */
export const isVolume = (volume: unknown): volume is Volume => isOfKind<Volume>("volume", volume);

/** The id of a volume that is given in any way. */
export function volumeIdOf(volume: RecoveryPointArgs["volume"]): pulumi.Output<string> {
  if (isVolume(volume)) return volume.volumeId;
  const given = pulumi.output(volume as pulumi.Input<string | VolumeRef>) as pulumi.Output<string | VolumeRef>;
  return given.apply((known) => (typeof known === "object" ? known.id : known));
}

/** Where a volume on a host is. */
export const placementOn = (host: HostFields): pulumi.Output<Placement> => host.name.apply((name) => ({ host: name }));

type Holder = Pick<VolumeFields, "host" | "volumeGroup"> &
  Partial<Pick<ThinPoolFields, "maxOvercommit" | "allowUnzeroedChunks"> & { readonly pool: pulumi.Output<string> }>;

/** What holds a volume, and on which host. */
function holderOf(name: string, pool: VolumeArgs["pool"], volumeGroup: VolumeArgs["volumeGroup"]): Holder {
  if (pool === undefined) {
    const group = volumeGroupFields(volumeGroup, `volumeGroup of Volume "${name}"`);
    return { host: group.host, volumeGroup: group.name };
  }
  const { name: poolName, ...rest } = thinPoolFields(pool, `pool of Volume "${name}"`);
  return { ...rest, pool: poolName };
}

/** As the provider takes it: a recovery point as `source`, and what is cloned as `clone`. */
function sourceOf(name: string, source: VolumeSource | undefined): pulumi.Inputs {
  if (source === undefined) return { source: undefined };
  if (!("backup" in source)) return { clone: cloneOf(name, source) };
  return { source: recoveryPointOf(name, source.backup) };
}

function recoveryPointOf(name: string, backup: BackupInput | RecoveryPointArgs): pulumi.Inputs {
  if (isChosen(backup)) {
    const { target, volume, recoveryPoint = "latest" } = backup;
    const store = storeOf(backupTargetFields(target, `source.backup.target of Volume "${name}"`));
    return { target: store, volumeId: volumeIdOf(volume), recoveryPoint };
  }
  const { target, ...point } = backupFields(backup, `source.backup of Volume "${name}"`);
  return { target: storeOf(target), ...point };
}

/** Whether it chooses among the recovery points of a volume, and is not the one that a Backup made. */
const isChosen = (backup: BackupInput | RecoveryPointArgs): backup is RecoveryPointArgs =>
  !pulumi.Output.isInstance(backup) && "volume" in backup;
