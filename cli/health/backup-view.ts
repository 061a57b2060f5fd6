import { targetWord } from "../../provider/hosts/backups/backup-request.js";
import type { BackupStatus, ScheduleTimer, VolumeBackups } from "../../provider/hosts/backups/backup-status.js";
import { isSameBackup, type StackBackup, type StackSchedule, type StackState } from "../stack/stack-state.js";

/** A volume of the stack and its backups to one target, as the state declares them and as the host notes them. It holds no secret. */
export interface BackupView {
  /** Name of the Host resource. */
  readonly host: string;
  /** Name of the Volume resource. */
  readonly resource: string;
  readonly volumeId: string;
  /** Volume group and name, such as `fast/data`. */
  readonly logicalVolume: string;
  /** Name of the BackupTarget; undefined for a volume that the stack does not back up. */
  readonly target: string | undefined;
  /** Name of the policy; undefined when there is none, but perhaps a Backup. */
  readonly policy: string | undefined;
  /** Id of the BackupSchedule. */
  readonly schedule: string | undefined;
  /** Age that the policy allows for the newest recovery point; undefined when there is no policy. */
  readonly maxAgeSeconds: number | undefined;
  /** Time that the policy allows for one run; undefined when there is no policy. */
  readonly deadlineSeconds: number | undefined;
  /** Whether the host was asked and has answered. */
  readonly isKnown: boolean;
  /** The schedule's timers on the host. */
  readonly timers: readonly ScheduleTimer[];
  /** What the host notes; undefined when it has nothing. */
  readonly status: VolumeBackups | undefined;
}

/** All volumes of the stack, each as often as it has targets, by host and volume. */
export function backupViews(state: StackState, statuses: readonly BackupStatus[]): BackupView[] {
  const { volumes, backups, schedules } = state;
  const scheduled = (each: StackBackup) => schedules.some((other) => isSameBackup(each, other));
  const views = [
    ...schedules.map((each) => scheduleView(each, statuses)),
    ...backups.filter((each) => !scheduled(each)).map((each) => viewOf(each, statuses)),
    ...volumes
      .filter((each) => !backups.some(({ volumeId }) => volumeId === each.volumeId))
      .map(({ resource, volumeId, logicalVolume, host }) => ({
        ...empty(host.name, statuses),
        resource,
        volumeId,
        logicalVolume,
      })),
  ];
  return views.sort(
    (a, b) =>
      a.host.localeCompare(b.host) ||
      a.resource.localeCompare(b.resource) ||
      (a.target ?? "").localeCompare(b.target ?? "") ||
      (a.policy ?? "").localeCompare(b.policy ?? ""),
  );
}

const empty = (host: string, statuses: readonly BackupStatus[]) => ({
  host,
  target: undefined,
  policy: undefined,
  schedule: undefined,
  maxAgeSeconds: undefined,
  deadlineSeconds: undefined,
  isKnown: statuses.some((each) => each.host === host),
  timers: [],
  status: undefined,
});

function viewOf(
  { resource, volumeId, logicalVolume, host, target }: StackBackup,
  statuses: readonly BackupStatus[],
): BackupView {
  const found = statuses.find((each) => each.host === host.name);
  return {
    ...empty(host.name, statuses),
    resource,
    volumeId,
    logicalVolume,
    target: target.name,
    status: found?.backups.find((each) => each.volume === volumeId && each.target === targetWord(target.name)),
  };
}

function scheduleView(each: StackSchedule, statuses: readonly BackupStatus[]): BackupView {
  const found = statuses.find(({ host }) => host === each.host.name);
  const { timers = [] } = found?.schedules.find(({ schedule }) => schedule === each.id) ?? {};
  const { policy, id: schedule, maxAgeSeconds, deadlineSeconds } = each;
  return { ...viewOf(each, statuses), policy, schedule, maxAgeSeconds, deadlineSeconds, timers };
}

/** The timer that starts backups; undefined when the host has none, as after somebody removed it by hand. */
export function backupTimer({ timers }: BackupView): ScheduleTimer | undefined {
  return timers.find(({ unit }) => unit.startsWith("pulumi-lvm-backup@"));
}

/** Age of the newest recovery point in seconds; undefined when there is none. */
export function ageSeconds({ status }: BackupView, now: Date): number | undefined {
  return status?.lastSuccess === undefined ? undefined : secondsSince(status.lastSuccess.time, now);
}

/** Time that has passed since a time in UTC, in seconds. */
export function secondsSince(time: string, now: Date): number {
  return (now.getTime() - new Date(time).getTime()) / 1000;
}
