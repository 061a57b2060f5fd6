import type * as pulumi from "@pulumi/pulumi";
import { noteAnchor } from "./anchors.js";
import { type SnapshotFields, type VolumeInput, volumeFields } from "./refs.js";
import { LvmResource } from "./resource.js";
import { isVolume } from "./volume.js";

export interface SnapshotArgs {
  /** The volume; or the `ref` of one, for a volume of another stack, and for a snapshot that is to outlive its Volume. */
  readonly volume: VolumeInput;
  /** Name of the logical volume. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /**
   * For a linear volume, which needs it: room in its volume group for what is overwritten in the volume, such as `"2GiB"`. It grows in place.
   * When it runs full the snapshot is lost; it never does with 1 % more than the volume has. In a thin pool a snapshot takes its room there.
   */
  readonly size?: pulumi.Input<string>;
  /** Labels, kept as LV tags. Keys: 1 to 63 of `A-Z a-z 0-9 _ . -`. */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * What a volume held at one moment: read-only, at once, on the same host. Taken of a volume that a microVM has, it is what a power cut
 * would have left. One in a thin pool outlives its volume, and can be the `source` of new ones; that of a linear volume goes before it.
 * A delete removes it at once: there is no grace period.
 */
export class Snapshot extends LvmResource {
  declare readonly volumeId: pulumi.Output<string>;
  declare readonly volumeGroup: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<Record<string, string> | undefined>;
  /** LVM's UUID of the logical volume. */
  declare readonly uuid: pulumi.Output<string>;
  /** When it was taken by the host's clock, in UTC. */
  declare readonly time: pulumi.Output<string>;
  /** Bytes that it shows: the size of its volume then. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** Room of that of a linear volume for what is overwritten there, in bytes; 0 in a thin pool. */
  declare readonly roomBytes: pulumi.Output<number>;
  /** Path of its device on the host; there only while somebody has activated it (`lvchange -ay -K`). */
  declare readonly devicePath: pulumi.Output<string>;
  declare readonly isReadOnly: pulumi.Output<boolean>;
  /** False when the snapshot of a linear volume has run full, and shows nothing any more. */
  declare readonly isValid: pulumi.Output<boolean>;
  /** SHA-256 of the event that made it. */
  declare readonly event: pulumi.Output<string>;
  /** Whether it is in a thin pool; undefined where the volume is the `ref` of one. */
  readonly isThin: boolean | undefined;
  /** The snapshot as an argument of other resources: pass it on as a stack output, and other stacks can clone it. */
  readonly ref: SnapshotFields;

  constructor(name: string, args: SnapshotArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volume, ...rest } = args;
    const { id, name: volumeName, pool, host, ...known } = volumeFields(volume, `volume of Snapshot "${name}"`);
    super(
      "snapshot",
      "Snapshot",
      name,
      { labels: undefined, ...rest, ...known, host, volumeId: id, volumeName, name: rest.name ?? name },
      ["uuid", "time", "sizeBytes", "roomBytes", "extentBytes", "devicePath", "isReadOnly", "isValid", "event"],
      options,
    );
    this.isThin = isVolume(volume) ? volume.isThin : undefined;
    noteAnchor(host, `Snapshot "${name}"`, this.event);
    this.ref = { snapshotId: this.snapshotId, volumeGroup: this.volumeGroup, pool, host };
  }

  /** The snapshot's own id. */
  get snapshotId(): pulumi.Output<string> {
    // The engine knows it in a preview that updates the snapshot.
    return this.id;
  }
}
