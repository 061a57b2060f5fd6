import { z } from "zod";
import { backupTargetRef } from "../backup-target.js";
import { cloneSource, refuseElsewhere } from "../clone-source.js";
import { common } from "../common.js";
import { refuseLongDevice } from "../device-name.js";
import { labels } from "../label.js";
import { lvmName } from "../lvm-name.js";
import { recoveryPointChoice } from "../recovery-point-choice.js";
import { refuseField } from "../refuse-field.js";
import { parseSize, size } from "../size.js";
import { volumeId } from "../volume-id.js";

/** What the longest id and time would make of names: volume-remove.sh, volume-long.sh and volume.sh give them. */
const TOMBSTONE_ENDING = ".deleted.9999999999";
const ID = "00000000-0000-0000-0000-000000000000";
const RESTORING_NAME = `pulumi-lvm-restoring-${ID}${TOMBSTONE_ENDING}`;
const GROWING_NAME = `pulumi-lvm-grow-${ID}`;

/** What the program says of a volume. */
export const volumeInputs = z
  .strictObject({
    ...common,
    volumeGroup: lvmName.meta({
      description: "Volume group that holds it",
      change: { refuse: "A volume stays in its volume group: set it back, or declare a new Volume there" },
    }),
    pool: lvmName.optional().meta({
      description: "Thin pool that holds it; a linear logical volume when left out",
      change: { refuse: "A volume stays in its pool: set it back, or declare a new Volume there" },
    }),
    maxOvercommit: z
      .number()
      .min(0.01)
      .max(1000)
      .default(1)
      .meta({ description: "The pool's limit; comes from the ThinPool", change: "ignore" }),
    allowUnzeroedChunks: z
      .boolean()
      .default(false)
      .meta({ description: "The pool's setting; comes from the ThinPool", change: "ignore" }),
    name: lvmName.meta({ description: "Name of the logical volume. Default: the resource's name" }),
    size: size.optional().meta({
      description:
        'At least this much, such as "20GiB"; rounded up to whole extents. A clone may leave it out, and has what its source has',
      change: "ignore",
    }),
    fileSystem: z
      .enum(["none", "ext4", "xfs"])
      .default("none")
      .meta({
        description: "File system that is made once, when the volume is made. Default none",
        change: { refuse: "Nothing is ever formatted again: set it back, or declare a new Volume" },
      }),
    labels: labels.default({}).meta({ description: "Labels, kept as LV tags" }),
    deletionPolicy: z.enum(["tombstone", "retain", "delete"]).default("tombstone").meta({
      description:
        "What a delete does: keep it for the grace period, leave it alone, or remove it at once. Default tombstone",
    }),
    graceDays: z
      .number()
      .min(0)
      .max(3650)
      .default(7)
      .meta({ description: "Grace period of a tombstone in days. Default 7" }),
    deleteUnverified: z.boolean().optional().meta({
      description:
        "Whether a delete goes on though a BackupSchedule asks for newer verified backups than there are. Default false",
    }),
    adopt: z
      .string()
      .regex(
        /^[A-Za-z0-9]{6}(?:-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$/,
        "must be the UUID of a logical volume, as 'lvs -o lv_uuid' prints it",
      )
      .optional()
      .meta({ description: "UUID of an existing logical volume to take over", change: "ignore" }),
    source: z
      .strictObject({
        target: backupTargetRef,
        volumeId: volumeId.meta({ description: "Id of the volume that was backed up, this one or another" }),
        recoveryPoint: recoveryPointChoice,
      })
      .optional()
      .meta({ description: "Recovery point that it is made from", change: "ignore" }),
    clone: cloneSource.optional().meta({ description: "Snapshot or volume that it is made from", change: "ignore" }),
  })
  .superRefine(({ source, clone, size: given, ...place }, context) => {
    refuseLongDevice(
      place,
      { ending: TOMBSTONE_ENDING, own: source === undefined ? GROWING_NAME : RESTORING_NAME },
      context,
    );
    if (clone !== undefined) return refuseElsewhere(clone, place, context);
    if (given === undefined) {
      refuseField(context, ["size"], {
        detail: "it is missing",
        next: 'Set it, such as "20GiB": only a clone of a snapshot or a volume has it from there',
      });
    }
  });

/** The inputs of a volume with every default filled in. */
export type VolumeInputs = z.output<typeof volumeInputs>;

/** Bytes that the program asks for; 0 for a clone that has what its source has. */
export const declaredBytes = ({ size: given }: VolumeInputs): number => (given === undefined ? 0 : parseSize(given));
