import type { BackupStatus, ScheduleTimer } from "../../provider/hosts/backups/backup-status.js";
import type { Problem } from "../../provider/model/problem.js";
import { BEFORE_ALL_RUNS, parseSchedule } from "../../provider/model/schedule/schedule.js";
import type { UnreadResource } from "../stack/stack-resources.js";
import type { StackSchedule, StackState } from "../stack/stack-state.js";
import { describeDuration } from "../terminal/describe-duration.js";
import { oneLine } from "../terminal/one-line.js";
import { type FailedTask, failedTasks } from "./backup-failures.js";
import { isLate, isStuck, sinceSchedule } from "./backup-state.js";
import { ageSeconds, type BackupView, backupTimer, backupViews, secondsSince } from "./backup-view.js";

/** What is asked of the stack's backups beside what each policy says. */
export interface CheckOptions {
  /** Age that the newest recovery point may have, in seconds, in place of that of each policy; then of Backups without a policy too. */
  readonly maxAgeSeconds?: number;
  /** Time within which a recovery point must have been verified, in seconds. */
  readonly verifiedWithinSeconds?: number;
  /** Whether each volume must be under a policy. */
  readonly requirePolicy?: boolean;
}

/**
 * `never`: no backup within the age allowed since the schedule was made. `late`: the newest is older than allowed. `failed`: what was
 * last tried failed. `stuck`: a run is under way for longer than it may be. `damaged`: damage was found in the repository, and not all
 * of it was read again since. `unverified`: nothing was verified in time. `timer`: a
 * timer is not there or does not run. `over`: the schedule has no run any more. `policy`: a volume under none. `clock`: a host's clock
 * is wrong, so that nothing that it says of times holds. `state`: a resource of the stack's state cannot be read.
 */
export type FindingKind =
  | "never"
  | "late"
  | "failed"
  | "stuck"
  | "unverified"
  | "damaged"
  | "timer"
  | "over"
  | "policy"
  | "clock"
  | "state";

/** Something about the backups that somebody must look after. Each part of the problem is one line. */
export interface Finding extends Problem {
  readonly kind: FindingKind;
  /** Name of the Host resource; {@link UNKNOWN_HOST} when the state does not tell. */
  readonly host: string;
  /** Name of the Volume resource; undefined when it is about the host itself, or another resource. */
  readonly volume: string | undefined;
  readonly target: string | undefined;
}

/** Stands for a host whose name cannot be read. */
const UNKNOWN_HOST = "unknown host";

/** Asking a host takes time, and clocks that are kept by NTP differ by less, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 300;

/**
 * All that is wrong with the backups of a stack, by host and volume. Hosts without a status are left out: that they could not be asked
 * is told otherwise.
 */
export function findings(
  state: StackState,
  statuses: readonly BackupStatus[],
  options: CheckOptions,
  now: Date,
): Finding[] {
  return [
    ...state.unread.map(unreadFinding),
    ...statuses.flatMap((status) => clockFinding(status, now)),
    ...state.schedules.flatMap((schedule) => overFinding(schedule, now)),
    ...backupViews(state, statuses)
      .filter(({ isKnown }) => isKnown)
      .flatMap((view) => viewFindings(view, options, now)),
  ];
}

/** Volumes under no policy, by name. */
export function withoutPolicy({ volumes, schedules }: StackState): string[] {
  return volumes
    .filter((each) => !schedules.some(({ volumeId }) => volumeId === each.volumeId))
    .map(({ resource }) => resource)
    .sort((a, b) => a.localeCompare(b));
}

type Part = Pick<Finding, "kind" | "summary" | "next"> & { readonly detail?: string };

function viewFindings(view: BackupView, options: CheckOptions, now: Date): Finding[] {
  const { host, resource, target } = view;
  return [
    ...policyParts(view, options),
    ...timerParts(view),
    ...stuckParts(view, now),
    ...damageParts(view, now),
    ...failedTasks(view.status).map((failed) => failurePart(failed, now)),
    ...ageParts(view, options, now),
    ...verificationParts(view, options, now),
  ].map((part) => ({ host, volume: resource, target, detail: "", ...part }));
}

function policyParts({ schedule }: BackupView, { requirePolicy }: CheckOptions): Part[] {
  if (schedule !== undefined || requirePolicy !== true) return [];
  return [{ kind: "policy", summary: "it is under no policy", next: "Name it or match its labels in a BackupPolicy" }];
}

function timerParts(view: BackupView): Part[] {
  const { schedule, timers } = view;
  if (schedule === undefined) return [];
  const missing = `pulumi-lvm-backup@${schedule}.timer`;
  const absent = { unit: missing, isActive: false, isEnabled: false, nextRun: undefined };
  return [...(backupTimer(view) === undefined ? [absent] : []), ...timers]
    .filter(({ isActive, isEnabled }) => !isActive || !isEnabled)
    .map((timer) => ({ kind: "timer", summary: timerTrouble(timer, timer === absent), next: TIMER_NEXT }));
}

const TIMER_NEXT = "Run pulumi up with --refresh: it installs and starts the timers again";

function timerTrouble({ unit, isActive }: ScheduleTimer, isAbsent: boolean): string {
  if (isAbsent) return `its timer ${unit} is not there`;
  return `its timer ${unit} is ${isActive ? "not enabled, and will not start at the next boot" : "not active"}`;
}

function stuckParts(view: BackupView, now: Date): Part[] {
  const { running } = view.status ?? {};
  if (running === undefined || !isStuck(view, now)) return [];
  const under = describeDuration(secondsSince(running.since, now));
  const summary = `a ${running.kind} is noted as under way for ${under}, and its deadline is ${describeDuration(view.deadlineSeconds ?? 0)}`;
  const next =
    "Run 'systemctl start pulumi-lvm-settle.service' there, which notes a run that died; what one waits for that hangs is in 'journalctl -t pulumi-lvm'";
  return [{ kind: "stuck", summary, next }];
}

function damageParts({ status, resource, target }: BackupView, now: Date): Part[] {
  if (status?.damage === undefined || target === undefined) return [];
  const { since, failure } = status.damage;
  const ago = describeDuration(secondsSince(since, now));
  const summary = `its repository was found damaged ${ago} ago, and nothing in it counts as verified`;
  return [{ kind: "damaged", summary, detail: oneLine(failure.detail), next: repairNext(resource) }];
}

/** The ways out of known damage, in one line. */
export const repairNext = (resource: string): string =>
  `Bring the objects back from the bucket's older versions, and run 'pulumi-lvm verify "${resource}"'; or drop what is damaged with 'pulumi-lvm repair "${resource}"', which says first what it costs`;

function failurePart({ task, time, problem }: FailedTask, now: Date): Part {
  const ago = describeDuration(secondsSince(time, now));
  return { ...problem, kind: "failed", summary: `the last ${task} failed ${ago} ago: ${problem.summary}` };
}

function ageParts(view: BackupView, { maxAgeSeconds }: CheckOptions, now: Date): Part[] {
  const { policy, resource, target } = view;
  if (target === undefined) return [];
  const allowed = maxAgeSeconds ?? view.maxAgeSeconds;
  if (allowed === undefined) return [];
  const by = maxAgeSeconds === undefined ? `policy "${policy}"` : "--max-age";
  const limit = `${by} allows ${describeDuration(allowed)}`;
  const next = `Run 'pulumi-lvm backup "${resource}" --now'; why it was not backed up, the host's journal says: journalctl -t pulumi-lvm`;
  const age = ageSeconds(view, now);
  if (age === undefined) {
    const since = sinceSchedule(view, now);
    // Without a policy nobody knows since when there should be one.
    if (since !== undefined && since <= allowed) return [];
    const made = since === undefined ? "" : ` in the ${describeDuration(since)} since its schedule was made`;
    return [{ kind: "never", summary: `it was never backed up${made}, and ${limit}`, next }];
  }
  if (!isLate(view, now, allowed)) return [];
  return [{ kind: "late", summary: `the newest recovery point is ${describeDuration(age)} old, and ${limit}`, next }];
}

function verificationParts(view: BackupView, { verifiedWithinSeconds }: CheckOptions, now: Date): Part[] {
  const { status, target, resource } = view;
  if (verifiedWithinSeconds === undefined || target === undefined) return [];
  const limit = `--verified-within says ${describeDuration(verifiedWithinSeconds)}`;
  const next = `Run 'pulumi-lvm verify "${resource}"', or set verification in its policy`;
  if (status?.lastVerified !== undefined) {
    const age = secondsSince(status.lastVerified.time, now);
    if (age <= verifiedWithinSeconds) return [];
    const summary = `a recovery point was last verified ${describeDuration(age)} ago, and ${limit}`;
    return [{ kind: "unverified", summary, next }];
  }
  const since = sinceSchedule(view, now);
  if (since !== undefined && since <= verifiedWithinSeconds) return [];
  return [{ kind: "unverified", summary: `no recovery point was ever verified, and ${limit}`, next }];
}

function unreadFinding({ host = UNKNOWN_HOST, problem }: UnreadResource): Finding {
  return { kind: "state", host, volume: undefined, target: undefined, ...problem };
}

/** Its timer is there and active, as systemd has it, and will never start anything again. */
function overFinding({ host, resource, target, policy, schedule, timeZone }: StackSchedule, now: Date): Finding[] {
  if (parseSchedule(schedule, timeZone, BEFORE_ALL_RUNS).next(1, now).length > 0) return [];
  const summary = `the last run of its schedule "${schedule}" is over`;
  const next = `Set another schedule in policy "${policy}", or take the volume out of it, and run pulumi up`;
  return [{ kind: "over", host: host.name, volume: resource, target: target.name, summary, detail: "", next }];
}

function clockFinding({ host, time }: BackupStatus, now: Date): Finding[] {
  const behind = secondsSince(time, now);
  if (Math.abs(behind) <= CLOCK_TOLERANCE_SECONDS) return [];
  const summary = `its clock is ${describeDuration(Math.abs(behind))} ${behind > 0 ? "behind" : "ahead of"} this machine's`;
  const next = "Set the one that is wrong, and keep both by NTP: until then no age that is told here holds";
  return [{ kind: "clock", host, volume: undefined, target: undefined, summary, detail: "", next }];
}
