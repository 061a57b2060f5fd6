/** A value, a range, or a start that repeats each `step` up to `stop`, or to the end of the field. */
export interface Part {
  readonly start: number;
  readonly stop?: number;
  readonly step?: number;
}

/** What a component of a calendar event allows; "*" is everything. */
export type Field = "*" | readonly Part[];

/** One calendar event of systemd.time(7), without fractions of seconds. */
export interface Calendar {
  /** 0 is Sunday. Empty for every day. */
  readonly weekdays: readonly number[];
  readonly year: Field;
  readonly month: Field;
  readonly day: Field;
  /** Whether `day` counts from the end of the month, where 1 is the last day. */
  readonly isFromEnd: boolean;
  readonly hour: Field;
  readonly minute: Field;
  readonly second: Field;
}

/** Components of a calendar event that are numbers. */
export type Unit = "year" | "month" | "day" | "hour" | "minute" | "second";

/** The lowest and the highest value of each; those of years are systemd's (src/shared/calendarspec.c). */
export const LIMITS: Readonly<Record<Unit, readonly [number, number]>> = {
  year: [1970, 2199],
  month: [1, 12],
  day: [1, 31],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
};

/** systemd takes no date that is further from the end of a month: each month has these. */
const MAX_FROM_END = 28;

export const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/**
 * A part as it was written, checked as systemd checks it.
 * @throws {RangeError} If a value is out of range or the step leads nowhere; the message is a reason, without the schedule.
 */
export function checkedPart(unit: Unit, { start, stop, step }: Part, isFromEnd = false): Part {
  const [low, limit] = LIMITS[unit];
  const high = isFromEnd ? MAX_FROM_END : limit;
  for (const value of [start, stop]) {
    if (value !== undefined && (value < low || value > high)) {
      const what = isFromEnd ? "days from the end of a month" : `${unit}s`;
      throw new RangeError(`the ${unit} ${value} is out of range: ${what} are ${low} to ${high}`);
    }
  }
  if (stop !== undefined && stop < start)
    throw new RangeError(`the range ${start} to ${stop} of the ${unit} runs backwards`);
  if (step === 0) throw new RangeError(`the step of the ${unit} is 0`);
  const room = stop !== undefined ? stop - start : isFromEnd ? start - low : high - start;
  if (step !== undefined && step > room) {
    throw new RangeError(`the step ${step} of the ${unit} leads past the end, so that ${start} would stand alone`);
  }
  return stop === start
    ? { start }
    : { start, ...(stop !== undefined && { stop }), ...(step !== undefined && { step }) };
}

/** The values that a field allows, sorted. A day that counts from the end is given as it is, for months of `days` days. */
export function valuesOf(unit: Unit, field: Field, daysFromEnd?: number): number[] {
  const [low, limit] = LIMITS[unit];
  const high = daysFromEnd ?? limit;
  if (field === "*") return from(low, high, 1);
  const values = field.flatMap(({ start, stop, step }) => {
    if (daysFromEnd === undefined) return from(start, stop ?? (step === undefined ? start : high), step ?? 1);
    // A range from the end is turned around, and its steps go forward (calendarspec.c, find_matching_component).
    const ends = [start, stop ?? start].map((fromEnd) => daysFromEnd + 1 - fromEnd);
    const last = stop === undefined && step !== undefined ? daysFromEnd : Math.max(...ends);
    return from(Math.min(...ends), last, step ?? 1);
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

function from(start: number, stop: number, step: number): number[] {
  return Array.from({ length: Math.floor((stop - start) / step) + 1 }, (_, index) => start + index * step);
}

/** Writes a calendar event as systemd normalizes it, without a time zone. */
export function formatCalendar({ weekdays, year, month, day, isFromEnd, hour, minute, second }: Calendar): string {
  const date = `${text(year, 4)}-${text(month)}${isFromEnd ? "~" : "-"}${text(day)}`;
  const time = [hour, minute, second].map((field) => text(field)).join(":");
  const days = weekdays.length === 0 ? "" : `${formatWeekdays(weekdays)} `;
  return `${days}${date} ${time}`;
}

/** Weeks begin on Monday; three days in a row and more are a range. */
function formatWeekdays(weekdays: readonly number[]): string {
  const rows: number[][] = [];
  for (const day of weekdays.map((each) => (each === 0 ? 7 : each)).sort()) {
    const row = rows.at(-1);
    if (row?.at(-1) === day - 1) row.push(day);
    else rows.push([day]);
  }
  return rows
    .flatMap((row) => (row.length < 3 ? row.map(shortName) : [[row[0], row.at(-1)].map(shortName).join("..")]))
    .join(",");
}

function shortName(weekday = 0): string {
  const name = WEEKDAYS[weekday % 7]?.slice(0, 3) ?? "";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function text(field: Field, digits = 2): string {
  if (field === "*") return "*";
  const pad = (value: number) => `${value}`.padStart(digits, "0");
  return field
    .map(
      ({ start, stop, step }) =>
        `${pad(start)}${stop === undefined ? "" : `..${pad(stop)}`}${step === undefined ? "" : `/${step}`}`,
    )
    .join(",");
}
