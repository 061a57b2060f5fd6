import { type Calendar, valuesOf } from "./calendar.js";
import { WallRuns } from "./wall-runs.js";
import { clockChanges, instantsAt, wallTime } from "./zone-time.js";

/** Two runs with none between them. */
export interface Gap {
  readonly seconds: number;
  readonly from: Date;
  readonly to: Date;
}

const DAY_MS = 86_400_000;
/** Days with runs that are looked at: more than a year of those that run on every weekday or day of the month. */
const MAX_DAYS = 400;
/** 29 February on a given weekday comes every 28 years. */
const MAX_MS = 30 * 366 * DAY_MS;
/** Years in which the clock is set on every weekday that it may be set on. */
const CLOCK_MS = 6 * 366 * DAY_MS;

/**
 * The longest time between two runs of calendar events that have their time of day in common.
 * Days on which the clock is set count: a run at 02:30 is left out where the clock goes from 02:00 to 03:00.
 * @param since Earlier runs do not count.
 * @returns Undefined when there are no two runs after it.
 */
export function longestGap(calendars: readonly [Calendar, ...Calendar[]], zone: string, since: Date): Gap | undefined {
  const times = timesOfDay(calendars[0]);
  const days = runDays(calendars, wallTime(since.getTime(), zone));
  const gaps = [...withinDay(times, days), ...betweenDays(times, days)]
    .map(([from, to]) => [instantsAt(from, zone)[0], instantsAt(to, zone)[0]])
    .concat(aroundClockChanges(calendars, zone, since.getTime()))
    .flatMap(([from, to]) =>
      from === undefined || to === undefined
        ? []
        : [{ seconds: (to - from) / 1000, from: new Date(from), to: new Date(to) }],
    );
  return gaps.reduce<Gap | undefined>(
    (longest, gap) => (gap.seconds > (longest?.seconds ?? 0) ? gap : longest),
    undefined,
  );
}

/** The shortest time in seconds that may be between two runs, by the clock on the wall: days with runs may come one after the other. */
export function shortestGapSeconds([calendar]: readonly [Calendar, ...Calendar[]]): number {
  const times = timesOfDay(calendar);
  const [first = 0] = times;
  const overNight = first + DAY_MS - (times.at(-1) ?? first);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return gaps.reduce((shortest, gap) => Math.min(shortest, gap), overNight) / 1000;
}

/** Milliseconds after midnight, sorted. */
function timesOfDay({ hour, minute, second }: Calendar): number[] {
  const [minutes, seconds] = [valuesOf("minute", minute), valuesOf("second", second)];
  return valuesOf("hour", hour).flatMap((h) =>
    minutes.flatMap((m) => seconds.map((s) => ((h * 60 + m) * 60 + s) * 1000)),
  );
}

/** Midnights of days with runs, by the clock on the wall. */
function runDays(calendars: readonly Calendar[], since: number): number[] {
  const midnight = [{ start: 0 }];
  const runs = new WallRuns(calendars.map((each) => ({ ...each, hour: midnight, minute: midnight, second: midnight })));
  const days: number[] = [];
  for (let day = runs.after(since); day !== undefined && day < since + MAX_MS; day = runs.after(day)) {
    days.push(day);
    if (days.length === MAX_DAYS) break;
  }
  return days;
}

type Pair = readonly [number, number];

/** The longest gap of a day with runs, on three of them: the clock is set on no two days in a row. */
function withinDay(times: readonly number[], days: readonly number[]): Pair[] {
  const longest = times.reduce(
    (best, time, index) => {
      const previous = times[index - 1];
      return previous !== undefined && time - previous > best.length
        ? { start: previous, length: time - previous }
        : best;
    },
    { start: 0, length: 0 },
  );
  if (longest.length === 0) return [];
  return days.slice(0, 3).map((day) => [day + longest.start, day + longest.start + longest.length]);
}

function betweenDays(times: readonly number[], days: readonly number[]): Pair[] {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return days.slice(1).map((day, index) => [(days[index] ?? 0) + last, day + first]);
}

/** From the last run before the clock is set to the first one after. */
function aroundClockChanges(calendars: readonly Calendar[], zone: string, since: number): (number | undefined)[][] {
  const runs = new WallRuns(calendars);
  return clockChanges(since, since + CLOCK_MS, zone).map((change) => {
    // The clock shows this second for the first time: what it shows again after the change is no run.
    const before = runs.before(wallTime(change - 1000, zone) + 1000);
    const from = before === undefined ? undefined : instantsAt(before, zone)[0];
    if (from === undefined || from < since) return [];
    let to: number | undefined;
    for (let wall = runs.after(before ?? 0); wall !== undefined && to === undefined; wall = runs.after(wall)) {
      [to] = instantsAt(wall, zone);
    }
    return [from, to];
  });
}
