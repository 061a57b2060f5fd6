import { z } from "zod";
import { backupTargetRef, lockDays } from "./backup-target.js";
import { hostRef } from "./connection.js";
import { identity } from "./identity.js";
import { thinPoolInputs } from "./inputs/thin-pool.js";
import { lvmName } from "./lvm-name.js";
import { volumeId } from "./volume-id.js";

const { maxOvercommit, allowUnzeroedChunks } = thinPoolInputs.shape;

/** What other stacks need to know of a volume group. */
export const volumeGroupRef = z.object({ name: lvmName, host: hostRef });

/** What other stacks need to know of a thin pool: where it is, and what its volumes are held to. */
export const thinPoolRef = z.object({
  name: lvmName,
  volumeGroup: lvmName,
  maxOvercommit,
  allowUnzeroedChunks,
  host: hostRef,
});

/** What other stacks need to know of a volume. */
export const volumeRef = z.object({
  id: volumeId,
  name: lvmName,
  volumeGroup: lvmName,
  /** Whether it is in a thin pool; missing in what an older release has exported. */
  isThin: z.boolean().optional(),
  /** Its thin pool; missing for a linear one, and in what an older release has exported. */
  pool: lvmName.optional(),
  /** The limit of its thin pool; missing likewise. */
  maxOvercommit: maxOvercommit.optional(),
  host: hostRef,
});

/** What other stacks need to know of a snapshot. */
export const snapshotRef = z.object({
  snapshotId: identity,
  volumeGroup: lvmName,
  /** Its thin pool; missing for the snapshot of a linear volume. */
  pool: lvmName.optional(),
  host: hostRef,
});

/** What other stacks need to know of a target: what resources hold of it, and how long its bucket keeps every version. */
export const sharedTargetRef = backupTargetRef.extend({ lockDays: lockDays.optional() });

/** What other stacks need to know of the recovery point that a Backup made. */
export const backupRef = z.object({
  target: sharedTargetRef,
  volumeId,
  recoveryPoint: z.string().min(1, "must be the id of a recovery point"),
});
