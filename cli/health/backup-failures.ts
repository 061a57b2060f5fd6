import type { BackupFailure, VolumeBackups } from "../../provider/hosts/backups/backup-status.js";
import type { Problem } from "../../provider/model/problem.js";
import { problemInLines } from "../terminal/one-line.js";

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
  /** What failed and why, and what to do about it. Each part is one line. */
  readonly problem: Problem;
}

const NO_REASON: Problem = {
  summary: "the host notes no reason",
  detail: "",
  next: "Look at its journal with 'journalctl -t pulumi-lvm'",
};

/** What failed when it was last tried. A verification that failed a run is told once, with the run. */
export function failedTasks(status: VolumeBackups | undefined): FailedTask[] {
  if (status === undefined) return [];
  const failed = Object.entries(TASKS).flatMap(([member, task]) => {
    const last = status[member as keyof typeof TASKS];
    return last === undefined || last.isSuccess ? [] : [failedTask(task, last)];
  });
  return failed.filter(({ problem }, index) => failed.findIndex((other) => isSame(other.problem, problem)) === index);
}

const isSame = (one: Problem, other: Problem): boolean => one.summary === other.summary && one.detail === other.detail;

function failedTask(
  task: BackupTask,
  { time, failure }: { readonly time: string; readonly failure: BackupFailure | undefined },
): FailedTask {
  return { task, time, problem: failure === undefined ? NO_REASON : problemInLines(failure) };
}
