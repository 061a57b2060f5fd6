import { z } from "zod";
import { common } from "../common.js";
import { lvmName } from "../lvm-name.js";
import { refuseField } from "../refuse-field.js";
import { volumeId } from "../volume-id.js";

const NEW_ATTACHMENT = "An attachment is one lease: set it back, or declare a new Attachment and remove this one first";

/** What the program says of an attachment. */
export const attachmentInputs = z
  .strictObject({
    ...common,
    volumeId: volumeId.meta({ description: "Id of the volume", change: { refuse: NEW_ATTACHMENT } }),
    volumeGroup: lvmName.meta({ description: "Volume group of the volume; comes from the Volume", change: "ignore" }),
    volumeName: lvmName.meta({ description: "Name of the logical volume; comes from the Volume", change: "ignore" }),
    microVm: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
        "must be 1 to 63 of A-Z a-z 0-9 _ . - and start with a letter or digit",
      )
      .meta({ description: "Name of the microVM that gets the volume", change: { refuse: NEW_ATTACHMENT } }),
    microVmHost: z.string().optional().meta({ description: "Name of the host that the microVM runs on" }),
    driveId: z
      .string()
      .regex(/^[A-Za-z0-9_]{1,64}$/, "must be 1 to 64 of A-Z a-z 0-9 _ (Firecracker's rule)")
      .meta({ description: "Firecracker's id of the drive. Default: the volume's name" }),
    isRootDevice: z.boolean().default(false).meta({ description: "Whether the microVM boots from it. Default false" }),
  })
  .superRefine(({ host, microVm, microVmHost, volumeName }, context) => {
    if (microVmHost === undefined || microVmHost === host.name) return;
    refuseField(context, ["microVmHost"], {
      detail: `microVM "${microVm}" runs on host "${microVmHost}", and volume "${volumeName}" is on host "${host.name}": a volume is attached only where it is`,
      next: `Run the microVM on "${host.name}", or give it a volume of "${microVmHost}"`,
    });
  });

/** The inputs of an attachment with every default filled in. */
export type AttachmentInputs = z.output<typeof attachmentInputs>;
