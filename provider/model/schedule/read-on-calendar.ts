import { type Calendar, checkedPart, type Field, type Unit, WEEKDAYS } from "./calendar.js";

/** systemd's words, see systemd.time(7), section "Calendar events". */
const SHORTHANDS: Readonly<Record<string, string>> = {
  minutely: "*-*-* *:*:00",
  hourly: "*-*-* *:00:00",
  daily: "*-*-* 00:00:00",
  weekly: "Mon *-*-* 00:00:00",
  monthly: "*-*-01 00:00:00",
  quarterly: "*-01,04,07,10-01 00:00:00",
  semiannually: "*-01,07-01 00:00:00",
  yearly: "*-01-01 00:00:00",
  annually: "*-01-01 00:00:00",
};

/** Words that stand for a whole schedule. */
const SHORTHAND_NAMES = Object.keys(SHORTHANDS);

const MIDNIGHT: Field = [{ start: 0 }];

/**
 * Reads a calendar event in systemd's syntax, without a time zone.
 * @throws {RangeError} If it is none, or is one that systemd would refuse; the message is a reason, without the schedule.
 */
export function readOnCalendar(given: string): Calendar {
  if (given === "") throw new RangeError("it is empty");
  const words = (SHORTHANDS[given.toLowerCase()] ?? given).split(/\s+/);
  const weekdays = /^[a-z]/i.test(words[0] ?? "") ? readWeekdays(words.shift() ?? "") : [];
  const date = words.length > 0 && !words[0]?.includes(":") ? words.shift() : undefined;
  const time = words.shift();
  const [extra] = words;
  if (extra !== undefined) throw new RangeError(`${JSON.stringify(extra)} is more than weekdays, a date and a time`);
  return { weekdays, ...readDate(date), ...readTime(time) };
}

function readWeekdays(given: string): number[] {
  const days = given
    .replace(/,$/, "")
    .split(",")
    .flatMap((part) => {
      const [first = "", last = first, ...more] = part.split(/\.\.|-/).map(weekday);
      if (more.length > 0) throw new RangeError(`${JSON.stringify(part)} is no range of weekdays`);
      const [start, stop] = [Number(first), Number(last)];
      if (stop < start) throw new RangeError(`the range ${part} runs backwards: weeks go from Mon to Sun`);
      return Array.from({ length: stop - start + 1 }, (_, index) => (start + index) % 7);
    });
  const unique = [...new Set(days)];
  // All seven are no restriction.
  return unique.length === 7 ? [] : unique;
}

/** 1 is Monday, 7 is Sunday, so that ranges can be counted. */
function weekday(name: string): number {
  const word = name.toLowerCase();
  const index = WEEKDAYS.findIndex((each) => word === each || word === each.slice(0, 3));
  if (index === -1)
    throw new RangeError(
      `${JSON.stringify(name)} is no weekday, and no word such as ${SHORTHAND_NAMES.slice(1, 5).join(", ")}`,
    );
  return index === 0 ? 7 : index;
}

function readDate(given: string | undefined): Pick<Calendar, "year" | "month" | "day" | "isFromEnd"> {
  if (given === undefined) return { year: "*", month: "*", day: "*", isFromEnd: false };
  const match = /^(?:(?<year>[^-~]+)-)?(?<month>[^-~]+)(?<sign>[-~])(?<day>[^-~]+)$/.exec(given)?.groups;
  if (match === undefined)
    throw new RangeError(`${JSON.stringify(given)} is neither a date such as *-*-01 nor a time such as 02:30`);
  const isFromEnd = match["sign"] === "~";
  if (isFromEnd && match["day"] === "*") throw new RangeError("a day is needed after ~");
  return {
    year: readField("year", match["year"] ?? "*"),
    month: readField("month", match["month"] ?? ""),
    day: readField("day", match["day"] ?? "", isFromEnd),
    isFromEnd,
  };
}

function readTime(given: string | undefined): Pick<Calendar, "hour" | "minute" | "second"> {
  if (given === undefined) return { hour: MIDNIGHT, minute: MIDNIGHT, second: MIDNIGHT };
  const [hour = "", minute, second = "0", ...more] = given.split(":");
  if (minute === undefined || more.length > 0)
    throw new RangeError(`${JSON.stringify(given)} is no time such as 02:30`);
  if (second.replaceAll("..", "").includes("."))
    throw new RangeError("it has fractions of seconds, which are not taken");
  return { hour: readField("hour", hour), minute: readField("minute", minute), second: readField("second", second) };
}

function readField(unit: Unit, given: string, isFromEnd = false): Field {
  if (given === "*") return "*";
  return given.split(",").map((part, _, { length }) => {
    const match = /^(?<start>\d{1,4})(?:\.\.(?<stop>\d{1,4}))?(?:\/(?<step>\d{1,4}))?$/.exec(part)?.groups;
    if (match === undefined) {
      const hint = part.startsWith("*/") ? `: write 0${part.slice(1)}, or 1${part.slice(1)} for days and months` : "";
      throw new RangeError(`${JSON.stringify(part)} is no ${unit}${hint}`);
    }
    const [start = 0, stop, step] = ["start", "stop", "step"].map((name) =>
      match[name] === undefined ? undefined : Number(match[name]),
    );
    const years = unit === "year" ? fullYear : (value: number) => value;
    return checkedPart(
      unit,
      {
        start: years(start),
        ...(stop !== undefined && { stop: years(stop) }),
        ...(step !== undefined && { step }),
      },
      isFromEnd ? length : undefined,
    );
  });
}

/** Years of two digits are those from 1970 to 2069, as for systemd. */
function fullYear(year: number): number {
  if (year >= 100) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}
