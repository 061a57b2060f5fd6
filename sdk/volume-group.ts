import type * as pulumi from "@pulumi/pulumi";
import { type HostInput, hostFields, type VolumeGroupFields } from "./refs.js";
import { LvmResource } from "./resource.js";

export interface VolumeGroupArgs {
  /** The host, or the `ref` of one of another stack. */
  readonly host: HostInput;
  /** Name of the volume group. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /** Disks that it is made of, best by /dev/disk/by-id. A disk with any signature on it is refused. More can be added later. */
  readonly disks?: pulumi.Input<pulumi.Input<string>[]>;
  /** Extent size, such as `"4MiB"`. Default: LVM's. */
  readonly extentSize?: pulumi.Input<string>;
  /** Use a volume group that is there already, and change nothing about it. Default false. */
  readonly existing?: pulumi.Input<boolean>;
}

/** An LVM volume group: made of named disks, or one that exists. */
export class VolumeGroup extends LvmResource {
  declare readonly name: pulumi.Output<string>;
  /** LVM's UUID. */
  declare readonly uuid: pulumi.Output<string>;
  /** Extent size in bytes. */
  declare readonly extentBytes: pulumi.Output<number>;
  /** The group as an argument of other resources: pass it on as a stack output, and other stacks can make pools and volumes in it. */
  readonly ref: VolumeGroupFields;

  constructor(name: string, args: VolumeGroupArgs, options: pulumi.CustomResourceOptions = {}) {
    const host = hostFields(args.host, `host of VolumeGroup "${name}"`);
    super(
      "volumeGroup",
      "VolumeGroup",
      name,
      { ...args, name: args.name ?? name, host },
      ["uuid", "extentBytes"],
      options,
    );
    this.ref = { name: this.name, host };
  }
}
