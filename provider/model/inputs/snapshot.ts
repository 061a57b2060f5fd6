import { z } from "zod";
import { common } from "../common.js";
import { refuseLongDevice } from "../device-name.js";
import { labels } from "../label.js";
import { lvmName } from "../lvm-name.js";
import { refuseField } from "../refuse-field.js";
import { size } from "../size.js";
import { volumeId } from "../volume-id.js";

/** What the program says of a snapshot. */
export const snapshotInputs = z
  .strictObject({
    ...common,
    volumeId: volumeId.meta({
      description: "Id of the volume",
      change: { refuse: "A snapshot is of one volume at one time: set it back, or declare a new Snapshot" },
    }),
    volumeGroup: lvmName.meta({ description: "Volume group of the volume; comes from the Volume", change: "ignore" }),
    volumeName: lvmName.meta({ description: "Name of the logical volume; comes from the Volume", change: "ignore" }),
    isThin: z
      .boolean()
      .optional()
      .meta({ description: "Whether the volume is in a thin pool, as far as the program knows", change: "ignore" }),
    maxOvercommit: z.number().min(0.01).max(1000).optional().meta({
      description: "The pool's limit, as far as the program knows; comes from the ThinPool",
      change: "ignore",
    }),
    name: lvmName.meta({ description: "Name of the logical volume. Default: the resource's name" }),
    size: size.optional().meta({
      description: "Room for what is overwritten in a linear volume; rounded up to whole extents",
      change: "ignore",
    }),
    labels: labels.default({}).meta({ description: "Labels, kept as LV tags" }),
  })
  .superRefine(({ isThin, size: room, volumeName, ...names }, context) => {
    refuseLongDevice(names, { ending: "" }, context);
    if (isThin === true && room !== undefined) {
      refuseField(context, ["size"], {
        detail: `volume "${volumeName}" is in a thin pool, where a snapshot takes its room`,
        next: "Leave out size",
      });
    }
    if (isThin === false && room === undefined) {
      refuseField(context, ["size"], {
        detail: `volume "${volumeName}" is linear, and what is overwritten in it needs room in its volume group`,
        next: "Set size to that room; when it runs full, the snapshot is lost",
      });
    }
  });

/** The inputs of a snapshot with every default filled in. */
export type SnapshotInputs = z.output<typeof snapshotInputs>;
