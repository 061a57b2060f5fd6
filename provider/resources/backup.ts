import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { defineResource } from "../define-resource.js";
import {
  BACKUP_DEADLINE_SECONDS,
  backupRequest,
  programRequest,
  rekeyRequest,
  repositoryUrl,
} from "../hosts/backups/backup-request.js";
import { tellProgress } from "../hosts/backups/progress.js";
import { backupOutcome } from "../hosts/backups/recovery-point.js";
import { backupTargetRef } from "../model/backup-target.js";
import { common, stackOf } from "../model/common.js";
import { lvmName } from "../model/lvm-name.js";
import { volumeId } from "../model/volume-id.js";

const ANOTHER = "A Backup is one of one volume at one target: set it back, or declare a new Backup";

const inputs = z.strictObject({
  ...common,
  volumeId: volumeId.meta({ description: "Id of the volume", change: { refuse: ANOTHER } }),
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

type Inputs = z.output<typeof inputs>;

type Outputs = Inputs & {
  /** Id of the recovery point. */
  recoveryPoint: string;
  /** When its snapshot was taken, in UTC. */
  time: string;
  sizeBytes: number;
  /** Bytes read from the device. */
  bytesRead: number;
  /** Bytes that the repository grew by. */
  bytesSent: number;
  /** SHA-256 over all of the volume, see docs/backup.md. */
  digest: string;
  /** Whether the guest held still. */
  isQuiesced: boolean;
};

/** Grace for the script around the program, which ends itself at its deadline. */
const SPARE_SECONDS = 120;

const place = (asked: Inputs): string => repositoryUrl(asked.target, asked.volumeId);

const variables = ({ volumeId: of, volumeGroup }: Inputs, id: string | undefined) => ({
  ID: id ?? randomUUID(),
  VOLUME: of,
  VG: volumeGroup,
  REKEY: "",
  BACKUP: "",
  FORGET: "",
});

export const backup = defineResource<typeof inputs, Outputs>({
  script: "backup",
  noun: "backup",
  inputs,

  reconcile: (wanted, id) => ({
    title: `back up volume "${wanted.volumeGroup}/${wanted.volumeName}"`,
    call: "reconcile",
    variables: variables(wanted, id),
  }),

  work(wanted, id, _observation, previous) {
    // A new address is an update too, and no reason for another backup.
    const isDue = !previous?.recoveryPoint || !isDeepStrictEqual(previous.triggers, wanted.triggers);
    const isKeyNew = previous !== undefined && previous.target.masterKey !== wanted.target.masterKey;
    if (!isDue && !isKeyNew) return undefined;
    const { target, volumeId: of } = wanted;
    return {
      title: `back up volume "${wanted.volumeGroup}/${wanted.volumeName}" to target "${target.name}"`,
      call: "work",
      seconds: wanted.deadlineSeconds + SPARE_SECONDS,
      onLine: tellProgress(`Backup of volume "${wanted.volumeGroup}/${wanted.volumeName}"`),
      variables: {
        ...variables(wanted, id),
        REKEY: isKeyNew ? rekeyRequest({ ...target, masterKey: previous.target.masterKey }, target, of) : "",
        BACKUP: isDue ? programRequest(target, of, backupRequest({ ...wanted, stack: stackOf(wanted.owner) })) : "",
      },
    };
  },

  idOf: (facts) => facts.get("id") ?? "",

  outputs({ inputs: asked, facts, previous }) {
    const outcome = facts.get("outcome");
    if (outcome === undefined) {
      // It is made, and is being made: the state has the resource only when its recovery point is there.
      if (previous === undefined)
        return {
          ...asked,
          recoveryPoint: "",
          time: "",
          sizeBytes: 0,
          bytesRead: 0,
          bytesSent: 0,
          digest: "",
          isQuiesced: false,
        };
      const { recoveryPoint, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced } = previous;
      return { ...asked, recoveryPoint, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced };
    }
    const { id, time, sizeBytes, bytesRead, bytesSent, digest, quiesced } = backupOutcome.parse(JSON.parse(outcome));
    return { ...asked, recoveryPoint: id, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced: quiesced };
  },

  refuse(before, after) {
    if (place(before) === place(after)) return [];
    return [
      { property: "target", reason: `Cannot move a backup to another target: it is in ${place(before)}\n${ANOTHER}` },
    ];
  },

  drift: (wanted, { recoveryPoint, target }) => [
    // A backup that failed is in the state without a recovery point: the next up makes it.
    ...(recoveryPoint === "" ? ["recoveryPoint"] : []),
    // Another access key needs nothing to be done; another master key needs another password of the repository.
    ...(target.masterKey === wanted.target.masterKey ? [] : ["target"]),
  ],

  remove(outputs, id) {
    if (outputs.onDelete === "keep" || outputs.recoveryPoint === "") return undefined;
    return {
      title: `forget recovery point ${outputs.recoveryPoint} of volume "${outputs.volumeGroup}/${outputs.volumeName}"`,
      call: "forget",
      seconds: outputs.deadlineSeconds,
      variables: {
        ...variables(outputs, id),
        FORGET: programRequest(outputs.target, outputs.volumeId, { recoveryPoint: outputs.recoveryPoint }),
      },
    };
  },
});
