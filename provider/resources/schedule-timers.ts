import { RUN_KINDS, type RunKind } from "../hosts/observation/observed-schedule.js";
import type { BackupScheduleInputs } from "../model/inputs/backup-schedule.js";
import { jitterOf } from "../model/policy/jitter.js";
import { BEFORE_ALL_RUNS, parseSchedule } from "../model/schedule/schedule.js";

const DESCRIPTIONS: Record<RunKind, string> = {
  backup: "Backup of volume",
  prune: "Prune of the backups of volume",
  drill: "Restore drill of volume",
};

/**
 * The timer units of a schedule as texts without a last newline (systemd.timer(5)); those that it does without are absent. One whose
 * last run is over has its timers all the same: they are on the host.
 */
export function scheduleTimers(inputs: BackupScheduleInputs): { [kind in RunKind]?: string } {
  const { schedule, retention, verification } = inputs;
  const times: Record<RunKind, string | undefined> = {
    backup: schedule,
    prune: retention?.prune,
    drill: verification.drill,
  };
  return Object.fromEntries(
    RUN_KINDS.flatMap((kind) => {
      const time = times[kind];
      return time === undefined ? [] : [[kind, timer(DESCRIPTIONS[kind], time, inputs)]];
    }),
  );
}

function timer(description: string, time: string, inputs: BackupScheduleInputs): string {
  const { volumeGroup, volumeName, timeZone, catchUp } = inputs;
  const { seconds, isFixed } = jitterOf(time, inputs);
  return [
    "[Unit]",
    `Description=${description} ${volumeGroup}/${volumeName}`,
    "",
    "[Timer]",
    ...parseSchedule(time, timeZone, BEFORE_ALL_RUNS).onCalendar.map((each) => `OnCalendar=${each}`),
    `RandomizedDelaySec=${seconds}`,
    ...(seconds > 0 && isFixed ? ["FixedRandomDelay=true"] : []),
    `Persistent=${catchUp}`,
    // systemd may otherwise be a minute late, to wake the machine less often.
    "AccuracySec=1s",
    "",
    "[Install]",
    "WantedBy=timers.target",
  ].join("\n");
}
