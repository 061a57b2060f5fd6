import { describeJitter, jitterOf } from "../provider/model/policy/jitter.js";
import { parseSchedule } from "../provider/model/schedule/schedule.js";

const RUNS = 3;

/**
 * The next three runs of a schedule for people, a line each, in its time zone and in UTC, and by how much later they may start.
 * @throws {RangeError} If the schedule cannot be read.
 */
export function describeNextRuns(schedule: string, timeZone: string, jitter: string | undefined, from: Date): string {
  const later = describeJitter(jitterOf(schedule, { timeZone, jitter }));
  const runs = parseSchedule(schedule, timeZone)
    .next(RUNS, from)
    .map((time) => `  ${localTime(time, timeZone)} ${timeZone} = ${utcTime(time)}`);
  return [...runs, ...(later === undefined ? [] : [`  each ${later}, and when its turn on the host has come`])].join(
    "\n",
  );
}

const utcTime = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "Z");

/** Such as `Tue 2026-11-24 02:30:00`. */
function localTime(time: Date, timeZone: string): string {
  const weekday = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short" }).format(time);
  // Swedish writes dates and times as ISO 8601 does.
  return `${weekday} ${new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(time)}`;
}
