import type { BackupFailure, VolumeBackups } from "../../provider/hosts/backups/backup-status.js";
import { whatAndWhy } from "../../provider/model/problem.js";
import { oneLine } from "../terminal/one-line.js";

/** Something that a host does for a volume's backups, by the member of the status that tells how it ended last. */
const TASKS = {
  lastAttempt: "backup",
  lastVerification: "verification",
  lastDrill: "restore drill",
  lastRetention: "retention",
  lastPrune: "prune",
} as const;

export type BackupTask = (typeof TASKS)[keyof typeof TASKS];

/** A task whose last run failed. */
export interface FailedTask {
  readonly task: BackupTask;
  /** When, in UTC. */
  readonly time: string;
  /** What failed and why, in one line. */
  readonly cause: string;
  /** What to do about it, in one line. */
  readonly next: string;
}

/** What failed when it was last tried. A verification that failed a run is told once, with the run. */
export function failedTasks(status: VolumeBackups | undefined): FailedTask[] {
  if (status === undefined) return [];
  const failed = Object.entries(TASKS).flatMap(([member, task]) => {
    const last = status[member as keyof typeof TASKS];
    return last === undefined || last.isSuccess ? [] : [failedTask(task, last)];
  });
  return failed.filter(({ cause }, index) => failed.findIndex((other) => other.cause === cause) === index);
}

function failedTask(
  task: BackupTask,
  { time, failure }: { readonly time: string; readonly failure: BackupFailure | undefined },
): FailedTask {
  if (failure === undefined) {
    return {
      task,
      time,
      cause: "the host notes no reason",
      next: "Look at its journal with 'journalctl -t pulumi-lvm'",
    };
  }
  return { task, time, cause: oneLine(whatAndWhy(failure)), next: oneLine(failure.next) };
}
