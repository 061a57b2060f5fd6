import { tagValue } from "../../model/tag.js";
import type { Observation } from "../observation/observation.js";

/** A lease as the host itself knows it, whatever stack it belongs to. */
export interface LiveAttachment {
  /** Name of the Host resource. */
  readonly host: string;
  /** Id of the attachment. */
  readonly id: string;
  readonly microVm: string;
  /** The Attachment that holds the lease: organization, project, stack, kind and name. */
  readonly owner: string | undefined;
  /** The volume's own id. */
  readonly volumeId: string | undefined;
  readonly volumeGroup: string;
  /** Name of the logical volume. */
  readonly volumeName: string;
  readonly devicePath: string;
  /** Firecracker's id of the drive. */
  readonly driveId: string | undefined;
  readonly isRootDevice: boolean;
  /** Whether the device is there; without it the microVM cannot start. */
  readonly isActive: boolean;
  /** Whether something, such as the microVM, holds the device open. */
  readonly isOpen: boolean;
}

/** The leases of all stacks on a host. */
export function liveAttachments(
  host: string,
  { logicalVolumes }: Pick<Observation, "logicalVolumes">,
): LiveAttachment[] {
  return logicalVolumes.flatMap(({ vg_name, lv_name, lv_tags, lv_active, lv_device_open }) => {
    const id = tagValue(lv_tags, "attachment");
    if (id === undefined) return [];
    return [
      {
        host,
        id,
        microVm: tagValue(lv_tags, "microvm") ?? "",
        owner: tagValue(lv_tags, "lease-owner"),
        volumeId: tagValue(lv_tags, "id"),
        volumeGroup: vg_name,
        volumeName: lv_name,
        devicePath: `/dev/${vg_name}/${lv_name}`,
        driveId: tagValue(lv_tags, "drive"),
        isRootDevice: tagValue(lv_tags, "root") === "yes",
        isActive: lv_active,
        isOpen: lv_device_open,
      },
    ];
  });
}
