import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { defineResource } from "../define-resource.js";
import { heldIds } from "../held-ids.js";
import { targetWord } from "../hosts/backups/backup-request.js";
import { unfitness } from "../hosts/observation/missing-command.js";
import { type ObservedTimer, RUN_KINDS, type RunKind } from "../hosts/observation/observed-schedule.js";
import { ANOTHER_SCHEDULE, type BackupScheduleInputs, backupScheduleInputs } from "../model/inputs/backup-schedule.js";
import { checkRetention } from "./check-retention.js";
import { documentDigest, fileDigest, scheduleDocument } from "./schedule-document.js";
import { scheduleTimers } from "./schedule-timers.js";

type Outputs = BackupScheduleInputs & {
  scheduleId: string;
  /** Whose the host says it is. */
  recordedOwner: string;
  /** SHA-256 of the document on the host that each run gets; "" when it is not there. */
  document: string;
  /** The timers on the host. */
  timers: { [kind in RunKind]?: ObservedTimer };
};

export const backupSchedule = defineResource<typeof backupScheduleInputs, Outputs>({
  script: "backup-schedule",
  noun: "backup schedule",
  inputs: backupScheduleInputs,

  check({ host }, observation) {
    const found = unfitness(observation, true);
    if (found === undefined) return [];
    const summary = `Host "${host.name}" cannot run backups`;
    return [{ property: "host", problem: { summary, detail: `it ${found.what}`, next: found.next } }];
  },

  checkOnHost: checkRetention,

  reconcile(inputs, id) {
    const { backup = "", prune = "", drill = "" } = scheduleTimers(inputs);
    return {
      title: `set up the backup schedule of ${volumeAndPolicy(inputs)}`,
      call: "reconcile",
      variables: {
        ...variables(inputs, id),
        DOCUMENT: scheduleDocument(inputs),
        BACKUP_TIMER: backup,
        PRUNE_TIMER: prune,
        DRILL_TIMER: drill,
      },
    };
  },

  idOf: (facts) => facts.get("id") ?? "",

  identitiesOf: (owner, { schedules }) => [...schedules].flatMap(([id, each]) => (each.owner === owner ? [id] : [])),

  outputs({ id, inputs, observation }) {
    const found = observation.schedules.get(id);
    if (found === undefined) return undefined;
    return { ...inputs, scheduleId: id, recordedOwner: found.owner, document: found.document, timers: found.timers };
  },

  refuse(before, after) {
    if (before.target.name === after.target.name) return [];
    return [
      {
        property: "target",
        problem: {
          summary: `Cannot move the backup schedule of ${volumeAndPolicy(before)} to target "${after.target.name}"`,
          detail: `it is one of target "${before.target.name}"`,
          next: ANOTHER_SCHEDULE,
        },
      },
    ];
  },

  drift: (inputs, { scheduleId, recordedOwner, document, timers }) => [
    ...(recordedOwner === inputs.owner ? [] : ["recordedOwner"]),
    ...(document === documentDigest(scheduleDocument(inputs), scheduleId) ? [] : ["document"]),
    ...(isDeepStrictEqual(timers, wantedTimers(inputs)) ? [] : ["timers"]),
  ],

  remove: (outputs, id) => ({
    title: `remove the backup schedule of ${volumeAndPolicy(outputs)}`,
    call: "remove",
    variables: variables(outputs, id),
  }),
});

const volumeAndPolicy = ({ volumeGroup, volumeName, policy }: BackupScheduleInputs): string =>
  `volume "${volumeGroup}/${volumeName}" by policy "${policy}"`;

/** The timers as an observation shows them when all is as it should be. */
function wantedTimers(inputs: BackupScheduleInputs): { [kind in RunKind]?: ObservedTimer } {
  const texts = scheduleTimers(inputs);
  return Object.fromEntries(
    RUN_KINDS.flatMap((kind) => {
      const text = texts[kind];
      return text === undefined ? [] : [[kind, { digest: fileDigest(text), isEnabled: true, isActive: true }]];
    }),
  );
}

/** What a delete needs too; the rest of them is of no use to it, and could not be made of a schedule whose last run is over. */
function variables(inputs: BackupScheduleInputs, id: string | undefined): Record<string, string> {
  return {
    ID: id ?? inputs.identity ?? randomUUID(),
    HELD: heldIds(),
    IS_NEW: id === undefined ? "yes" : "no",
    OWNER: inputs.owner,
    VOLUME_ID: inputs.volumeId,
    VG: inputs.volumeGroup,
    TARGET: targetWord(inputs.target.name),
    DOCUMENT: "",
    BACKUP_TIMER: "",
    PRUNE_TIMER: "",
    DRILL_TIMER: "",
  };
}
