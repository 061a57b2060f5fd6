import * as pulumi from "@pulumi/pulumi";
import { type ThinPoolFields, type VolumeGroupInput, volumeGroupFields } from "./refs.js";
import { LvmResource } from "./resource.js";

export interface ThinPoolArgs {
  /** The volume group that holds it, or the `ref` of one of another stack. */
  readonly volumeGroup: VolumeGroupInput;
  /** Name of the pool. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /** Size of the data area, such as `"500GiB"`. It grows in place and never shrinks. */
  readonly size?: pulumi.Input<string>;
  /** Size of the metadata area. Default: LVM's choice. */
  readonly metadataSize?: pulumi.Input<string>;
  /** Chunk size, a multiple of 64KiB. Default: LVM's choice. */
  readonly chunkSize?: pulumi.Input<string>;
  /** Let LVM extend the pool by `percent` of its size when `threshold` per cent are in use. Default: off. */
  readonly autoextend?: pulumi.Input<{ threshold: pulumi.Input<number>; percent: pulumi.Input<number> }>;
  /** How much the sizes of all its volumes may exceed the pool. 1, the default, means not at all: the pool can never run full. */
  readonly maxOvercommit?: pulumi.Input<number>;
  /** Accept an existing pool that does not zero new chunks, so that a volume may show what others deleted. Default false. */
  readonly allowUnzeroedChunks?: pulumi.Input<boolean>;
  /** Use a pool that is there already, and change nothing about it. Default false. */
  readonly existing?: pulumi.Input<boolean>;
}

/** A thin pool in a volume group: new, or one that exists. */
export class ThinPool extends LvmResource {
  declare readonly volumeGroup: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** LVM's UUID. */
  declare readonly uuid: pulumi.Output<string>;
  /** Size of the data area in bytes. */
  declare readonly sizeBytes: pulumi.Output<number>;
  declare readonly extentBytes: pulumi.Output<number>;
  declare readonly chunkBytes: pulumi.Output<number>;
  /** The pool as an argument of other resources: pass it on as a stack output, and other stacks can make volumes in it. */
  readonly ref: ThinPoolFields;

  constructor(name: string, args: ThinPoolArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volumeGroup, ...rest } = args;
    const group = volumeGroupFields(volumeGroup, `volumeGroup of ThinPool "${name}"`);
    super(
      "thinPool",
      "ThinPool",
      name,
      {
        ...rest,
        name: rest.name ?? name,
        host: group.host,
        volumeGroup: group.name,
      },
      ["uuid", "sizeBytes", "extentBytes", "chunkBytes"],
      options,
    );
    this.ref = {
      name: this.name,
      volumeGroup: this.volumeGroup,
      // As the program gave it: the outputs of a pool that does not exist yet are unknown at preview.
      maxOvercommit: pulumi.output(args.maxOvercommit),
      allowUnzeroedChunks: pulumi.output(args.allowUnzeroedChunks),
      host: group.host,
    };
  }
}
