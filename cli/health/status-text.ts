import { styleText } from "node:util";
import { whatAndWhy } from "../../provider/model/problem.js";
import { describeDuration } from "../terminal/describe-duration.js";
import { oneLine } from "../terminal/one-line.js";
import { table } from "../terminal/table.js";
import { failedTasks } from "./backup-failures.js";
import { type BackupState, backupState, isLate } from "./backup-state.js";
import { ageSeconds, type BackupView, backupTimer, secondsSince } from "./backup-view.js";
import { repairNext } from "./findings.js";

const TITLES = [
  "VOLUME",
  "HOST",
  "TARGET",
  "POLICY",
  "POINTS",
  "NEWEST",
  "MAX AGE",
  "VERIFIED",
  "RESTORED IN",
  "NEXT RUN",
  "STATE",
];

const STATES: Readonly<Record<BackupState, readonly [words: string, color: Parameters<typeof styleText>[0]]>> = {
  unknown: ["not known: its host was not reached", "red"],
  none: ["not backed up", "yellow"],
  stuck: ["running past its deadline", "red"],
  running: ["running", "cyan"],
  damaged: ["damaged", "red"],
  failed: ["failed", "red"],
  off: ["not scheduled: timer off", "red"],
  late: ["late", "red"],
  queued: ["waiting for its turn", "cyan"],
  waiting: ["waiting for its first run", "cyan"],
  unscheduled: ["under no policy", "yellow"],
  ok: ["ok", "green"],
};

/** A state in words. */
export const describeState = (state: BackupState): string => STATES[state][0];

/** The backups of a stack as a table, and below it what failed. */
export function statusText(views: readonly BackupView[], now: Date): string {
  const rows = views.map((view) => row(view, now));
  return [table(TITLES, rows, "No volumes"), ...views.flatMap((view) => troubles(view, now))].join("\n\n");
}

function row(view: BackupView, now: Date): string[] {
  const { resource, host, target = "", policy = "", maxAgeSeconds } = view;
  const state = backupState(view, now);
  const [words, color] = STATES[state];
  const age = ageSeconds(view, now);
  const newest = age === undefined ? "never" : `${describeDuration(age)} ago`;
  const { nextRun } = backupTimer(view) ?? {};
  const isKnown = state !== "unknown" && state !== "none";
  return [
    resource,
    host,
    target,
    policy,
    isKnown ? `${view.status?.repository?.points ?? ""}` : "",
    isKnown ? (isLate(view, now) ? styleText("red", newest) : newest) : "",
    maxAgeSeconds === undefined ? "" : describeDuration(maxAgeSeconds),
    isKnown ? verified(view, now) : "",
    isKnown ? restored(view, now) : "",
    nextRun === undefined ? "" : nextRunText(nextRun, now),
    styleText(color, words),
  ];
}

function verified({ status }: BackupView, now: Date): string {
  if (status?.lastVerification?.isSuccess === false) return styleText("red", "failed");
  const { lastVerified } = status ?? {};
  return lastVerified === undefined ? "never" : `${describeDuration(secondsSince(lastVerified.time, now))} ago`;
}

function restored({ status }: BackupView, now: Date): string {
  const { lastDrill, lastDrillSuccess } = status ?? {};
  if (lastDrill?.isSuccess === false) return styleText("red", "failed");
  const last = lastDrillSuccess ?? lastDrill;
  if (last === undefined) return "never";
  const took = last.durationSeconds === undefined ? "" : `${describeDuration(last.durationSeconds)}, `;
  return `${took}${describeDuration(secondsSince(last.time, now))} ago`;
}

/** A run that is due and has not begun is late by jitter, or by a host that is busy. */
function nextRunText(time: string, now: Date): string {
  const seconds = -secondsSince(time, now);
  return seconds <= 0 ? "now" : `in ${describeDuration(seconds)}`;
}

function troubles({ host, resource, target, status }: BackupView, now: Date): string[] {
  const title = `${host}  ${resource} to ${target}`;
  const warnings = (status?.lastAttempt?.warnings ?? []).map(
    (text) => `${styleText("yellow", `${title}: warning of the last run`)}\n  ${oneLine(text)}`,
  );
  const damaged =
    status?.damage === undefined
      ? []
      : [
          `${styleText("red", `${title}: its repository is damaged`)}\n  ${oneLine(status.damage.failure.detail)}\n  ${repairNext(resource)}`,
        ];
  const failed = failedTasks(status).map(({ task, time, problem }) => {
    const ago = describeDuration(secondsSince(time, now));
    return `${styleText("red", `${title}: ${task} failed ${ago} ago`)}\n  ${whatAndWhy(problem)}\n  ${problem.next}`;
  });
  return [...damaged, ...failed, ...warnings];
}
