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

/** How far from the end of a month systemd lets a day be, for each part of a list: its check takes off three days at each. */
const maxFromEnd = (parts: number) => 31 - 3 * parts;

export const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/**
 * A part as it was written, checked and brought into its shortest form as systemd does.
 * @param parts How many parts the list has, for days that count from the end of the month; else undefined.
 * @throws {RangeError} If a value is out of range or the step leads nowhere; the message is a reason, without the schedule.
 */
export function checkedPart(unit: Unit, { start, stop, step }: Part, parts?: number): Part {
  const [low, limit] = LIMITS[unit];
  const high = parts === undefined ? limit : maxFromEnd(parts);
  for (const value of [start, stop]) {
    if (value === undefined || (value >= low && value <= high)) continue;
    const inList = (parts ?? 1) > 1 ? `, in a list of ${parts},` : "";
    const partsInWords = parts === undefined ? `${unit}s` : `days from the end of a month${inList}`;
    throw new RangeError(`the ${unit} ${value} is out of range: ${partsInWords} are ${low} to ${high}`);
  }
  if (step === 0) throw new RangeError(`the step of the ${unit} is 0`);
  if (stop !== undefined) {
    if (stop < start) throw new RangeError(`the range ${start} to ${stop} of the ${unit} runs backwards`);
    const last = stop - ((stop - start) % (step ?? 1));
    if (last === start) return { start };
    return { start, stop: last, ...(step !== undefined && step > 1 && { step }) };
  }
  if (step === undefined) return { start };
  if (step > (parts === undefined ? high - start : start - low)) {
    throw new RangeError(`the step ${step} of the ${unit} leads past the end, so that ${start} would stand alone`);
  }
  return { start, step };
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
    .toSorted((a, b) => a.start - b.start)
    .map(
      ({ start, stop, step }) =>
        `${pad(start)}${stop === undefined ? "" : `..${pad(stop)}`}${step === undefined ? "" : `/${step}`}`,
    )
    .join(",");
}
