import { z } from "zod";
import { type Calendar, formatCalendar } from "./calendar.js";
import { type Gap, longestGap, shortestGapSeconds } from "./gaps.js";
import { readCron } from "./read-cron.js";
import { readOnCalendar } from "./read-on-calendar.js";
import { WallRuns } from "./wall-runs.js";
import { instantsAt, wallTime } from "./zone-time.js";

export type { Gap } from "./gaps.js";

/** When something runs. */
export interface Schedule {
  /** What a timer unit gets, an `OnCalendar=` each, with the time zone at its end. */
  readonly onCalendar: readonly string[];
  /**
   * The next runs as systemd plans them, without jitter: a time that the clock leaves out is no run, one that it shows twice is one.
   * @returns Fewer than asked for when there are no more.
   */
  next(count: number, from: Date): Date[];
  /** The longest time between two runs, with the days on which the clock is set; undefined when there are no two. Always the same. */
  longestGap(): Gap | undefined;
  /** The shortest time that may be between two runs, such as a day for one on each Monday at a given time. */
  shortestGapSeconds(): number;
}

/** Earlier than every run: for reading a schedule that was right when it was declared, and whose last run may be over. */
export const BEFORE_ALL_RUNS = new Date(0);

/** Gaps are looked for from here on: what a policy says must not change with the day on which it is read. */
const GAPS_SINCE = new Date("2026-01-01T00:00:00Z");

const DEFAULT_ZONE = "UTC";

/**
 * Reads a schedule: a word such as `"daily"`, systemd's calendar syntax (systemd.time(7)), or the five fields of cron (crontab(5)).
 * @param timeZone An IANA name, such as `"Europe/Berlin"`.
 * @param now A schedule without a run after it is refused.
 * @throws {RangeError} If it is none of these, cannot be carried out, or never runs.
 */
export function parseSchedule(text: string, timeZone: string = DEFAULT_ZONE, now: Date = new Date()): Schedule {
  const refuse = (reason: string) => new RangeError(`Cannot use schedule ${JSON.stringify(text)}: ${reason}`);
  const calendars = read(text, refuse);
  const runs = new WallRuns(calendars);
  const schedule = {
    onCalendar: calendars.map((each) => `${formatCalendar(each)} ${timeZone}`),
    next: (count: number, from: Date) => nextRuns(runs, timeZone, count, from),
    longestGap: () => longestGap(calendars, timeZone, GAPS_SINCE),
    shortestGapSeconds: () => shortestGapSeconds(calendars),
  };
  if (schedule.next(1, now).length > 0) return schedule;
  const isPast = schedule.next(1, BEFORE_ALL_RUNS).length > 0;
  throw refuse(isPast ? "its last run is in the past" : "no such day exists, so that it never runs");
}

function read(text: string, refuse: (reason: string) => RangeError): [Calendar, ...Calendar[]] {
  const words = text.trim().split(/\s+/);
  const zone = words.at(-1) ?? "";
  if (words.length > 1 && (zone === "UTC" || /^[A-Z][A-Za-z]+\//.test(zone)))
    throw refuse(`it ends in a time zone, which belongs into timeZone: "${zone}"`);
  if (words.length > 3 && words.length !== 5)
    throw refuse(`it has ${words.length} words: cron has five fields, and systemd's syntax has up to three`);
  try {
    const [first, ...others] = words.length === 5 ? readCron(words) : [readOnCalendar(text.trim())];
    if (first === undefined) throw new RangeError("it is empty");
    return [first, ...others];
  } catch (error) {
    throw error instanceof RangeError ? refuse(error.message) : error;
  }
}

function nextRuns(runs: WallRuns, zone: string, count: number, from: Date): Date[] {
  const found: Date[] = [];
  let wall = runs.after(wallTime(from.getTime(), zone));
  while (wall !== undefined && found.length < count) {
    const instant = instantsAt(wall, zone).find((each) => each > from.getTime());
    if (instant !== undefined) found.push(new Date(instant));
    wall = runs.after(wall);
  }
  return found;
}

/** A schedule as a user writes it. It stays as written in the state; {@link parseSchedule} reads it. */
export const schedule = z.string('must be text such as "daily"').superRefine((text, context) => {
  try {
    parseSchedule(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as RangeError).message });
  }
});

/**
 * The name of a time zone in the IANA database, as Intl and systemd both know it. systemd's names are paths of files, so that
 * upper and lower case matter, and offsets such as +02:00 are none.
 */
export const timeZone = z
  .string('must be text such as "Europe/Berlin"')
  .refine(isTimeZone, 'must be the name of a time zone in the IANA database, such as "Europe/Berlin"');

function isTimeZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name)) return false;
  try {
    const { timeZone: known } = new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions();
    return known === name || known.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
