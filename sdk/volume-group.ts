import type * as pulumi from "@pulumi/pulumi";
import { type HostInput, type HostLocation, locationOf } from "./host.js";
import { LvmResource } from "./resource.js";

export interface VolumeGroupArgs {
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

  /** The host that it is on. */
  readonly location: HostLocation;

  constructor(name: string, args: VolumeGroupArgs, options: pulumi.CustomResourceOptions = {}) {
    const location = locationOf(args.host);
    super(
      "volumeGroup",
      "VolumeGroup",
      name,
      { ...args, name: args.name ?? name, host: location },
      ["uuid", "extentBytes"],
      options,
    );
    this.location = location;
  }
}
