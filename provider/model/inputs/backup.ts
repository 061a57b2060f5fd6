import { z } from "zod";
import { backupTargetRef } from "../backup-target.js";
import { common } from "../common.js";
import { lvmName } from "../lvm-name.js";
import { volumeId } from "../volume-id.js";

/** Time that a backup gets unless it is told otherwise, in seconds. */
export const BACKUP_DEADLINE_SECONDS = 86_400;

/** The way out when a backup is to become another one. */
export const ANOTHER_BACKUP = "A Backup is one of one volume at one target: set it back, or declare a new Backup";

/** What the program says of a backup. */
export const backupInputs = z.strictObject({
  ...common,
  volumeId: volumeId.meta({ description: "Id of the volume", change: { refuse: ANOTHER_BACKUP } }),
  volumeGroup: lvmName.meta({ description: "Volume group of the volume; comes from the Volume", change: "ignore" }),
  volumeName: lvmName.meta({ description: "Name of the logical volume; comes from the Volume", change: "ignore" }),
  target: backupTargetRef.meta({ description: "Where it goes; comes from the BackupTarget", change: "ignore" }),
  triggers: z
    .array(z.unknown())
    .default([])
    .meta({ description: "Any change of these makes another backup; the earlier recovery point stays" }),
  quiesced: z.boolean().default(false).meta({
    description:
      "Whether the program knows that the guest holds still; recorded with the recovery point. Default false",
    change: "ignore",
  }),
  onDelete: z
    .enum(["keep", "forget"])
    .default("keep")
    .meta({ description: "What a delete does to the recovery point. Default keep" }),
  uploadKiBps: z.int().min(1).optional().meta({ description: "Upload limit in KiB/s. Default none", change: "ignore" }),
  deadlineSeconds: z
    .number()
    .positive()
    .max(30 * BACKUP_DEADLINE_SECONDS)
    .default(BACKUP_DEADLINE_SECONDS)
    .meta({ description: "Time for the backup in seconds. Default 86400", change: "ignore" }),
});

/** The inputs of a backup with every default filled in. */
export type BackupInputs = z.output<typeof backupInputs>;
