import * as pulumi from "@pulumi/pulumi";
import type { FirecrackerDrive } from "../provider/model/firecracker-drive.js";
import { noteAnchor } from "./anchors.js";
import { isHost } from "./host.js";
import { type HostInput, type HostRef, type VolumeInput, volumeFields } from "./refs.js";
import { LvmResource } from "./resource.js";

export interface AttachmentArgs {
  /** The volume, or the `ref` of one of another stack. */
  readonly volume: VolumeInput;
  /** Name of the microVM that gets it: 1 to 63 of `A-Z a-z 0-9 _ . -`. */
  readonly microVm: pulumi.Input<string>;
  /** The host that the microVM runs on, the `ref` of one of another stack, or its name. If it is not the volume's, the preview fails and says where the volume is. */
  readonly microVmHost?: HostInput | pulumi.Input<string>;
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
    const {
      host,
      id: volumeId,
      volumeGroup,
      name: volumeName,
    } = volumeFields(volume, `volume of Attachment "${name}"`);
    super(
      "attachment",
      "Attachment",
      name,
      {
        ...rest,
        ...{ host, volumeId, volumeGroup, volumeName },
        driveId: rest.driveId ?? volumeName.apply(driveIdOf),
        microVmHost: hostNameOf(microVmHost),
      },
      ["attachmentId", "devicePath", "drive", "isActive", "event"],
      options,
    );
    noteAnchor(host, `Attachment "${name}"`, this.event);
  }
}

/** Firecracker takes letters, digits and _ only, and 64 of them. */
const driveIdOf = (volumeName: string): string => `${volumeName}`.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 64);

/** The name of a host that is given in any way; undefined if none is. */
function hostNameOf(host: AttachmentArgs["microVmHost"]): pulumi.Output<string | undefined> {
  if (isHost(host)) return host.ref.name;
  const given = pulumi.output(host as pulumi.Input<string | HostRef | undefined>);
  return given.apply((known) => (typeof known === "object" ? known.name : known));
}
