import { type Calendar, checkedPart, type Field, LIMITS, type Part, WEEKDAYS } from "./calendar.js";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

type CronUnit = "minute" | "hour" | "day" | "month";

/**
 * Reads the five fields of a line of cron, see crontab(5).
 * @returns One calendar event, or two: when both the day of the month and the weekday are restricted, cron takes either.
 * @throws {RangeError} If it is none; the message is a reason, without the schedule.
 */
export function readCron(fields: readonly string[]): Calendar[] {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const rest = {
    year: "*" as const,
    month: readField("month", month),
    isFromEnd: false,
    hour: readField("hour", hour),
    minute: readField("minute", minute),
    second: [{ start: 0 }],
  };
  const days = readField("day", day);
  const weekdays = readWeekdays(weekday);
  // A field that begins with a star does not count as a restriction, even with a step: then both have to fit.
  const isEither = ![day, weekday].some((field) => field.startsWith("*"));
  if (!isEither) return [{ ...rest, day: days, weekdays }];
  return [
    { ...rest, day: days, weekdays: [] },
    { ...rest, day: "*", weekdays },
  ];
}

function readField(unit: CronUnit, given: string): Field {
  if (given === "*") return "*";
  const names = unit === "month" ? MONTHS : [];
  return given.split(",").map((part) => checkedPart(unit, readPart(part, unit, names, LIMITS[unit])));
}

/** Numbers or names, `a-b`, and `/n` after a range or a star. */
function readPart(part: string, unit: string, names: readonly string[], [low]: readonly [number, number]): Part {
  const match = /^(?:(?<star>\*)|(?<start>\w+)(?:-(?<stop>\w+))?)(?:\/(?<step>\d{1,2}))?$/.exec(part)?.groups;
  if (match === undefined) throw new RangeError(`${JSON.stringify(part)} is no ${unit} of cron`);
  const number = (text: string) => {
    const index = names.indexOf(text.toLowerCase());
    if (index === -1 && !/^\d{1,2}$/.test(text)) throw new RangeError(`${JSON.stringify(text)} is no ${unit} of cron`);
    return index === -1 ? Number(text) : index + low;
  };
  const step = match["step"] === undefined ? undefined : Number(match["step"]);
  if (match["star"] !== undefined) return { start: low, step: step ?? 1 };
  const start = number(match["start"] ?? "");
  if (step !== undefined && match["stop"] === undefined)
    throw new RangeError(`the step of ${JSON.stringify(part)} needs a range or a star before it`);
  return {
    start,
    ...(match["stop"] !== undefined && { stop: number(match["stop"]) }),
    ...(step !== undefined && { step }),
  };
}

/** Sunday is 0 and 7. */
function readWeekdays(given: string): number[] {
  if (given === "*") return [];
  const names = WEEKDAYS.map((name) => name.slice(0, 3));
  const days = given.split(",").flatMap((part) => {
    const { start, stop, step = 1 } = readPart(part, "weekday", names, [0, 7]);
    const last = stop ?? (part.startsWith("*") ? 6 : start);
    if (start > 7 || last > 7) throw new RangeError(`${JSON.stringify(part)} is no weekday of cron: they are 0 to 7`);
    if (last < start) throw new RangeError(`the range ${part} of the weekday runs backwards`);
    if (step === 0) throw new RangeError("the step of the weekday is 0");
    return Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, index) => (start + index * step) % 7);
  });
  const unique = [...new Set(days)];
  return unique.length === 7 ? [] : unique;
}
