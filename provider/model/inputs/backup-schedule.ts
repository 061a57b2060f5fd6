import { z } from "zod";
import { backupTargetRef, lockDays } from "../backup-target.js";
import { common } from "../common.js";
import { formatDuration, parseDuration } from "../duration.js";
import { lvmName } from "../lvm-name.js";
import { plainText } from "../plain-text.js";
import { checkPolicy, policyFields } from "../policy/backup-policy.js";
import { refuseField } from "../refuse-field.js";
import { volumeId } from "../volume-id.js";

/** The way out when a schedule is to become another one. */
export const ANOTHER_SCHEDULE =
  "A BackupSchedule is one of one volume at one target: set it back, or declare a new BackupSchedule";

const DAY_SECONDS = 86_400;

const fields = z.strictObject({
  ...common,
  volumeId: volumeId.meta({ description: "Id of the volume", change: { refuse: ANOTHER_SCHEDULE } }),
  volumeGroup: lvmName.meta({ description: "Volume group of the volume; comes from the Volume" }),
  volumeName: lvmName.meta({ description: "Name of the logical volume; comes from the Volume" }),
  isThin: z
    .boolean()
    .meta({ description: "Whether the volume is in a thin pool; comes from the Volume", change: "ignore" }),
  target: backupTargetRef.meta({ description: "Where backups go; comes from the BackupTarget" }),
  lockDays: lockDays
    .optional()
    .meta({ description: "Days of the bucket's Object Lock; comes from the BackupTarget", change: "ignore" }),
  policy: plainText("a name").max(200).meta({ description: "Name of the policy that it follows" }),
  ...policyFields,
});

type Fields = z.output<typeof fields>;

function refuseDrill({ isThin, volumeGroup, volumeName, verification }: Fields, context: z.RefinementCtx): void {
  if (isThin || verification.drill === undefined) return;
  refuseField(context, ["verification", "drill"], {
    detail: `volume "${volumeGroup}/${volumeName}" is linear, and a drill restores into the thin pool of its volume`,
    next: "Leave out drill for it, or declare the volume in a thin pool",
  });
}

function refuseShorterThanLock({ lockDays: days, retention }: Fields, context: z.RefinementCtx): void {
  if (days === undefined || retention === undefined) return;
  const { within } = retention;
  if (within !== undefined && parseDuration(within) >= days * DAY_SECONDS) return;
  refuseField(context, ["retention"], {
    detail: `Object Lock of the target keeps everything for ${days} days, and within is ${within ?? "not set"}: what is dropped earlier could not be removed`,
    next: `Set within to "${formatDuration(days * DAY_SECONDS)}" or more`,
  });
}

/** Lets a rule about some fields look at them when these are right, whatever else is wrong or not known yet. */
const whenRight = (...keys: PropertyKey[]) => ({
  when: ({ issues }: z.core.ParsePayload) =>
    issues.every(({ path }) => path?.[0] !== undefined && !keys.includes(path[0])),
});

/** What the program says of a schedule. */
export const backupScheduleInputs = checkPolicy(fields)
  .superRefine(refuseDrill, whenRight("isThin", "verification"))
  .superRefine(refuseShorterThanLock, whenRight("lockDays", "retention"));

/** The inputs of a schedule with every default filled in. */
export type BackupScheduleInputs = z.output<typeof backupScheduleInputs>;
