import { failedTasks } from "./backup-failures.js";
import { ageSeconds, type BackupView, backupTimer, secondsSince } from "./backup-view.js";

/**
 * How a volume's backups to a target are, the first that fits: `unknown`: its host was not asked. `none`: the stack does not back it
 * up. `stuck`: a run is under way for longer than it may be. `running`: something is under way. `damaged`: damage was found in the
 * repository, and it was not repaired. `failed`: what was last tried failed,
 * be it a backup, a verification, a drill, retention or prune. `unscheduled`: under no policy. `off`: under a policy whose timer does
 * not run. `late`: older than the policy allows. `queued`: something is due, and waits for its turn on the host. `waiting`: for its first
 * run. `ok`.
 */
export type BackupState =
  | "unknown"
  | "none"
  | "stuck"
  | "running"
  | "damaged"
  | "failed"
  | "unscheduled"
  | "off"
  | "late"
  | "queued"
  | "waiting"
  | "ok";

/** The state of a volume's backups to a target at a time. */
export function backupState(view: BackupView, now: Date): BackupState {
  const { status } = view;
  if (!view.isKnown) return "unknown";
  if (view.target === undefined) return "none";
  if (isStuck(view, now)) return "stuck";
  if (status?.running !== undefined) return "running";
  if (status?.damage !== undefined) return "damaged";
  if (failedTasks(status).length > 0) return "failed";
  if (view.schedule === undefined) return "unscheduled";
  if (backupTimer(view)?.isActive !== true) return "off";
  if (isLate(view, now)) return "late";
  if (status?.waiting !== undefined) return "queued";
  return status?.lastSuccess === undefined ? "waiting" : "ok";
}

/** A run ends itself at its deadline, with this much for tidying up, in seconds. */
const TIDY_SECONDS = 3600;

/** Whether a run is noted as under way that should have ended: its process died, and nothing on the host has noticed. */
export function isStuck({ status, deadlineSeconds }: BackupView, now: Date): boolean {
  if (status?.running === undefined || deadlineSeconds === undefined) return false;
  return secondsSince(status.running.since, now) > deadlineSeconds + TIDY_SECONDS;
}

/** Whether the newest recovery point is older than the policy allows, or there is none since the schedule was made that long ago. */
export function isLate(view: BackupView, now: Date, maxAgeSeconds = view.maxAgeSeconds): boolean {
  if (maxAgeSeconds === undefined) return false;
  const age = ageSeconds(view, now) ?? sinceSchedule(view, now);
  return age !== undefined && age > maxAgeSeconds;
}

/** For how long the volume has been under its policy on the host, in seconds; undefined when the host does not know. */
export function sinceSchedule({ status }: BackupView, now: Date): number | undefined {
  const since = status?.policy?.since;
  return since === undefined ? undefined : secondsSince(since, now);
}
