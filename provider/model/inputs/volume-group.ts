import { z } from "zod";
import { common } from "../common.js";
import { lvmName } from "../lvm-name.js";
import { size } from "../size.js";

/** What the program says of a volume group. */
export const volumeGroupInputs = z
  .strictObject({
    ...common,
    name: lvmName.meta({ description: "Name of the volume group. Default: the resource's name" }),
    disks: z
      .array(z.string().regex(/^\/dev\/[A-Za-z0-9_+=.,:@/-]+$/, 'must be a device path, such as "/dev/disk/by-id/…"'))
      .default([])
      .meta({ description: "Disks that it is made of; one with any signature on it is refused" }),
    extentSize: size.optional().meta({
      description: "Extent size, a power of two. Default: LVM's, 4 MiB",
      change: { refuse: "An extent size is chosen once: declare a new VolumeGroup, or set it back" },
    }),
    existing: z
      .boolean()
      .default(false)
      .meta({
        description: "Use a volume group that is there already, and change nothing about it",
        change: { refuse: "Declare a new VolumeGroup for the other case, or set it back" },
      }),
  })
  .superRefine(({ disks, existing }, context) => {
    if (existing && disks.length > 0) {
      context.addIssue({
        code: "custom",
        path: ["disks"],
        message: "leave out disks: an existing volume group is used as it is",
      });
    }
    if (!existing && disks.length === 0) {
      context.addIssue({ code: "custom", path: ["disks"], message: "name at least one disk, or set existing: true" });
    }
    if (new Set(disks).size < disks.length)
      context.addIssue({ code: "custom", path: ["disks"], message: "a disk is named twice" });
  });

/** The inputs of a volume group with every default filled in. */
export type VolumeGroupInputs = z.output<typeof volumeGroupInputs>;
