import { Cron } from "croner";
import { type Calendar, type Field, LIMITS, type Unit, valuesOf } from "./calendar.js";

/** Months by their days, with the years where it depends on them. */
const MONTH_LENGTHS = [
  { days: 31, months: [1, 3, 5, 7, 8, 10, 12], isYear: () => true },
  { days: 30, months: [4, 6, 9, 11], isYear: () => true },
  { days: 29, months: [2], isYear: isLeap },
  { days: 28, months: [2], isYear: (year: number) => !isLeap(year) },
];

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** The end of what systemd plans, in the time of a clock on the wall. */
const END = Date.UTC(LIMITS.year[1] + 1, 0, 1);

/** Runs of calendar events by the clock on the wall, which is given and told as the time of a clock in UTC that shows the same. */
export class WallRuns {
  readonly #jobs: readonly Cron[];

  constructor(calendars: readonly Calendar[]) {
    this.#jobs = calendars.flatMap(patterns).map(
      // Both the day and the weekday have to fit. The zone is UTC because what a zone does to a run is systemd's rule, not croner's.
      (pattern) => new Cron(pattern, { mode: "7-part", domAndDow: true, timezone: "UTC", paused: true }),
    );
  }

  /** The first run after a time; undefined when there is none. */
  after(wall: number): number | undefined {
    const runs = this.#jobs.map((job) => job.nextRun(new Date(wall))?.getTime()).filter((run) => run !== undefined);
    const first = Math.min(...runs);
    return first < END ? first : undefined;
  }

  /** The last run before a time; undefined when there is none. */
  before(wall: number): number | undefined {
    const runs = this.#jobs.flatMap((job) => job.previousRuns(1, new Date(wall))).map((run) => run.getTime());
    return runs.length === 0 ? undefined : Math.max(...runs);
  }
}

/** A calendar event in croner's syntax: more than one where days count from the end of the month. */
function patterns({ weekdays, year, month, day, isFromEnd, hour, minute, second }: Calendar): string[] {
  const time = [list("second", second), list("minute", minute), list("hour", hour)].join(" ");
  const week = weekdays.length === 0 ? "*" : weekdays.join(",");
  if (!isFromEnd) return [`${time} ${list("day", day)} ${list("month", month)} ${week} ${list("year", year)}`];
  return MONTH_LENGTHS.flatMap(({ days, months, isYear }) => {
    const wantedMonths = valuesOf("month", month).filter((each) => months.includes(each));
    const wantedYears = valuesOf("year", year).filter(isYear);
    if (wantedMonths.length === 0 || wantedYears.length === 0) return [];
    const years = year === "*" && !months.includes(2) ? "*" : wantedYears.join(",");
    return [`${time} ${valuesOf("day", day, days).join(",")} ${wantedMonths.join(",")} ${week} ${years}`];
  });
}

function list(unit: Unit, field: Field): string {
  return field === "*" ? "*" : valuesOf(unit, field).join(",");
}
