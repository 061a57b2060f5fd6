import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { defineResource } from "../define-resource.js";
import {
  backupRequest,
  programRequest,
  rekeyRequest,
  repositoryUrl,
  SPARE_SECONDS,
} from "../hosts/backups/backup-request.js";
import { tellProgress } from "../hosts/backups/progress.js";
import { backupOutcome } from "../hosts/backups/recovery-point.js";
import { stackOf } from "../model/common.js";
import { ANOTHER_BACKUP, type BackupInputs, backupInputs } from "../model/inputs/backup.js";

type Outputs = BackupInputs & {
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

const repositoryOf = (inputs: BackupInputs): string => repositoryUrl(inputs.target, inputs.volumeId);

const variables = ({ volumeId: of, volumeGroup, identity }: BackupInputs, id: string | undefined) => ({
  ID: id ?? identity ?? randomUUID(),
  VOLUME_ID: of,
  VG: volumeGroup,
  REKEY: "",
  BACKUP: "",
  FORGET: "",
});

export const backup = defineResource<typeof backupInputs, Outputs>({
  script: "backup",
  noun: "backup",
  inputs: backupInputs,

  reconcile: (inputs, id) => ({
    title: `back up volume "${inputs.volumeGroup}/${inputs.volumeName}"`,
    call: "reconcile",
    variables: variables(inputs, id),
  }),

  longStep(inputs, id, _observation, previous) {
    // A new address is an update too, and no reason for another backup.
    const isDue = !previous?.recoveryPoint || !isDeepStrictEqual(previous.triggers, inputs.triggers);
    const isKeyNew = previous !== undefined && previous.target.masterKey !== inputs.target.masterKey;
    if (!isDue && !isKeyNew) return undefined;
    const { target, volumeId: of } = inputs;
    return {
      title: `back up volume "${inputs.volumeGroup}/${inputs.volumeName}" to target "${target.name}"`,
      call: "long_step",
      isLong: true,
      seconds: inputs.deadlineSeconds + SPARE_SECONDS,
      onLine: tellProgress(`Backup of volume "${inputs.volumeGroup}/${inputs.volumeName}"`),
      variables: {
        ...variables(inputs, id),
        REKEY: isKeyNew ? rekeyRequest({ ...target, masterKey: previous.target.masterKey }, target, of) : "",
        BACKUP: isDue ? programRequest(target, of, backupRequest({ ...inputs, stack: stackOf(inputs.owner) })) : "",
      },
    };
  },

  idOf: (facts) => facts.get("id") ?? "",

  outputs({ inputs, facts, previous }) {
    const outcome = facts.get("outcome");
    if (outcome === undefined) {
      // It is made, and is being made: the state has the resource only when its recovery point is there.
      if (previous === undefined)
        return {
          ...inputs,
          recoveryPoint: "",
          time: "",
          sizeBytes: 0,
          bytesRead: 0,
          bytesSent: 0,
          digest: "",
          isQuiesced: false,
        };
      const { recoveryPoint, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced } = previous;
      return { ...inputs, recoveryPoint, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced };
    }
    const { id, time, sizeBytes, bytesRead, bytesSent, digest, quiesced } = backupOutcome.parse(JSON.parse(outcome));
    return { ...inputs, recoveryPoint: id, time, sizeBytes, bytesRead, bytesSent, digest, isQuiesced: quiesced };
  },

  refuse(before, after) {
    if (repositoryOf(before) === repositoryOf(after)) return [];
    return [
      {
        property: "target",
        problem: {
          summary: "Cannot move a backup to another target",
          detail: `it is in ${repositoryOf(before)}`,
          next: ANOTHER_BACKUP,
        },
      },
    ];
  },

  drift: (inputs, { recoveryPoint, target }) => [
    // A backup that failed is in the state without a recovery point: the next up makes it.
    ...(recoveryPoint === "" ? ["recoveryPoint"] : []),
    // Another access key needs nothing to be done; another master key needs another password of the repository.
    ...(target.masterKey === inputs.target.masterKey ? [] : ["target"]),
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
