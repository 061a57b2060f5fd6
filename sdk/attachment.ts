import * as pulumi from "@pulumi/pulumi";
import type { FirecrackerDrive } from "../provider/model/firecracker-drive.js";
import { noteAnchor } from "./anchors.js";
import { type Host, isHost, locationOf } from "./host.js";
import { LvmResource } from "./resource.js";
import { isVolume, type Volume, type VolumeRef } from "./volume.js";

export interface AttachmentArgs {
  /** The volume, or the `ref` of a volume of another stack. */
  readonly volume: Volume | pulumi.Input<VolumeRef>;
  /** Name of the microVM that gets it: 1 to 63 of `A-Z a-z 0-9 _ . -`. */
  readonly microVm: pulumi.Input<string>;
  /** The host that the microVM runs on. If it is not the volume's, the preview fails and says where the volume is. */
  readonly microVmHost?: Host | pulumi.Input<string>;
  /** Firecracker's id of the drive. Default: the volume's name, with `_` for what Firecracker does not take. */
  readonly driveId?: pulumi.Input<string>;
  /** Whether the microVM boots from it. Default false. */
  readonly isRootDevice?: pulumi.Input<boolean>;
}

/**
 * One microVM's exclusive lease on one volume, on the host that holds it. The device is there while the lease is, after a reboot
 * too, and so is `/var/lib/pulumi-lvm/attachments/<microVm>.json` with the drive objects.
 */
export class Attachment extends LvmResource {
  declare readonly volumeId: pulumi.Output<string>;
  declare readonly microVm: pulumi.Output<string>;
  declare readonly attachmentId: pulumi.Output<string>;
  /** Path of the device on the host. */
  declare readonly devicePath: pulumi.Output<string>;
  /** The drive for Firecracker's `PUT /drives/{drive_id}`. */
  declare readonly drive: pulumi.Output<FirecrackerDrive>;
  declare readonly isActive: pulumi.Output<boolean>;
  /** SHA-256 of the attach event. */
  declare readonly event: pulumi.Output<string>;

  constructor(name: string, args: AttachmentArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volume, microVmHost, ...rest } = args;
    const volumeInputs = volumeInputsOf(volume);
    super(
      "attachment",
      "Attachment",
      name,
      {
        ...rest,
        ...volumeInputs,
        driveId: rest.driveId ?? pulumi.output(volumeInputs.volumeName).apply(driveIdOf),
        microVmHost: isHost(microVmHost) ? microVmHost.location.name : microVmHost,
      },
      ["attachmentId", "devicePath", "drive", "isActive", "event"],
      options,
    );
    noteAnchor(volumeInputs.host, `Attachment "${name}"`, this.event);
  }
}

/** Firecracker takes letters, digits and _ only, and 64 of them. */
const driveIdOf = (volumeName: string): string => `${volumeName}`.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 64);

function volumeInputsOf(volume: AttachmentArgs["volume"]) {
  if (isVolume(volume)) {
    return {
      host: volume.location,
      volumeId: volume.volumeId,
      volumeGroup: volume.volumeGroup,
      volumeName: volume.name,
    };
  }
  const ref = pulumi.output(volume as pulumi.Input<VolumeRef>);
  return { host: locationOf(ref.host), volumeId: ref.id, volumeGroup: ref.volumeGroup, volumeName: ref.name };
}
