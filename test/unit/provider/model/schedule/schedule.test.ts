import { parseSchedule, schedule, timeZone } from "../../../../../provider/model/schedule/schedule.js";

const NOW = new Date("2026-11-23T15:00:00Z");

describe("parseSchedule", () => {
  test.each([
    ["a word", "daily", ["*-*-* 00:00:00 UTC"]],
    ["a word in capitals", "WEEKLY", ["Mon *-*-* 00:00:00 UTC"]],
    ["a time", "2:30", ["*-*-* 02:30:00 UTC"]],
    ["a weekday", "sunday", ["Sun *-*-* 00:00:00 UTC"]],
    ["a range of weekdays", "Mon..Fri 02:30", ["Mon..Fri *-*-* 02:30:00 UTC"]],
    ["all weekdays, which are no restriction", "Mon..Sun 02:30", ["*-*-* 02:30:00 UTC"]],
    ["a step", "*:*:0/5", ["*-*-* *:*:00/5 UTC"]],
    ["a list that is not in order", "14,12:00", ["*-*-* 12,14:00:00 UTC"]],
    ["days from the end of the month", "Mon *-*~7/1", ["Mon *-*~07/1 00:00:00 UTC"]],
    ["a year of two digits", "27-5-1", ["2027-05-01 00:00:00 UTC"]],
    ["cron", "*/15 2-4 * * 1-5", ["Mon..Fri *-*-* 02..04:00/15:00 UTC"]],
    ["cron with names", "0 6 1 jan,JUL *", ["*-01,07-01 06:00:00 UTC"]],
    ["cron with Sunday as 7", "5 4 * * 7", ["Sun *-*-* 04:05:00 UTC"]],
    ["cron with day or weekday", "0 3 13 * 5", ["*-*-13 03:00:00 UTC", "Fri *-*-* 03:00:00 UTC"]],
    ["cron with day and weekday, because the one begins with a star", "0 3 */10 * 5", ["Fri *-*-01/10 03:00:00 UTC"]],
    ["spaces around it", "  0 3 * * *  ", ["*-*-* 03:00:00 UTC"]],
  ])("makes timer lines of %s: %s", (_name, text, lines) => {
    expect(parseSchedule(text, "UTC", NOW).onCalendar).toEqual(lines);
  });

  test("puts the time zone at the end of each line", () => {
    const { onCalendar } = parseSchedule("0 3 13 * 5", "America/Argentina/Buenos_Aires", NOW);
    expect(onCalendar.map((line) => line.split(" ").at(-1))).toEqual(Array(2).fill("America/Argentina/Buenos_Aires"));
  });

  test.each([
    ["nothing", " ", "it is empty"],
    ["a misspelled word", "dayly", '"dayly" is no weekday, and no word such as hourly, daily, weekly, monthly'],
    ["a day that no month has", "*-02-30", "no such day exists, so that it never runs"],
    ["a day that none of its months has", "*-04,06-31", "no such day exists, so that it never runs"],
    ["a past year", "2020-01-01", "its last run is in the past"],
    ["an hour that no day has", "25:00", "the hour 25 is out of range: hours are 0 to 23"],
    ["a month that no year has", "0 0 1 13 *", "the month 13 is out of range: months are 1 to 12"],
    ["a day that not every month has at its end", "*-*~29", "days from the end of a month are 1 to 28"],
    ["a day from the end that systemd takes only alone", "*-*~5,26", "in a list of 2, are 1 to 25"],
    ["a step past the end", "*/90 * * * *", "the step 90 of the minute leads past the end"],
    ["cron's step in systemd's syntax", "*:*/5", '"*/5" is no minute: write 0/5'],
    ["a step of nothing", "*:0/0", "the step of the minute is 0"],
    ["a backward range", "Fri..Mon", "the range Fri..Mon runs backwards"],
    ["a backward range of cron", "0 18-8 * * *", "the range 18 to 8 of the hour runs backwards"],
    ["fractions of seconds", "12:00:00.5", "it has fractions of seconds, which are not taken"],
    ["a time zone", "daily Europe/Berlin", 'it ends in a time zone, which belongs into timeZone: "Europe/Berlin"'],
    ["UTC", "Mon 02:30 UTC", "it ends in a time zone"],
    ["six fields", "0 0 3 * * *", "it has 6 words: cron has five fields"],
    ["four fields", "0 3 * *", "it has 4 words: cron has five fields"],
    ["a time too many", "Mon 02:30 03:30", '"03:30" is more than weekdays, a date and a time'],
    ["cron's L", "0 3 L * *", '"L" is no day of cron'],
    ["cron's number with a step", "5/10 * * * *", "needs a range or a star before it"],
    ["cron's weekday 8", "0 3 * * 8", "they are 0 to 7"],
    ["cron's word for a boot", "@reboot", "is neither a date"],
  ])("refuses %s: %j", (_name, text, reason) => {
    expect(() => parseSchedule(text, "UTC", NOW)).toThrow(RangeError);
    expect(() => parseSchedule(text, "UTC", NOW)).toThrow(`Cannot use schedule ${JSON.stringify(text)}: `);
    expect(() => parseSchedule(text, "UTC", NOW)).toThrow(reason);
    expect(schedule.safeParse(text).success).toBe(false);
  });
});

/** In Europe/Berlin the clock goes from 02:00 to 03:00 on 2027-03-28 at 01:00 UTC, and from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC. */
describe("next", () => {
  const next = (text: string, zone: string, from: string, count: number) =>
    parseSchedule(text, zone, NOW)
      .next(count, new Date(from))
      .map((run) => run.toISOString().replace(/^\d+-|:00.000Z$/g, ""));

  test.each([
    ["in the zone", "daily", "Asia/Kolkata", "2026-11-23T15:00:00Z", ["11-23T18:30", "11-24T18:30"]],
    ["after the time, never at it", "12:00", "UTC", "2026-11-23T12:00:00Z", ["11-24T12:00"]],
    ["after part of a second", "12:00", "UTC", "2026-11-23T11:59:59.999Z", ["11-23T12:00"]],
    ["merged from two lines", "0 3 27 * 5", "UTC", "2026-11-26T00:00:00Z", ["11-27T03:00", "12-04T03:00"]],
    [
      "not at a time that the clock leaves out",
      "02:30",
      "Europe/Berlin",
      "2027-03-27T00:00:00Z",
      ["03-27T01:30", "03-29T00:30"],
    ],
    [
      "once at a time that it shows twice",
      "02:30",
      "Europe/Berlin",
      "2026-10-24T12:00:00Z",
      ["10-25T00:30", "10-26T01:30"],
    ],
    ["at the second of these, asked between them", "02:30", "Europe/Berlin", "2026-10-25T01:10:00Z", ["10-25T01:30"]],
    [
      "hourly, but for the hour that comes again",
      "hourly",
      "Europe/Berlin",
      "2026-10-24T23:30:00Z",
      ["10-25T00:00", "10-25T02:00"],
    ],
    [
      "when the clock is set by half an hour",
      "*:0/30",
      "Australia/Lord_Howe",
      "2026-04-04T14:30:00Z",
      ["04-04T15:30", "04-04T16:00"],
    ],
    ["on a day without midnight", "daily", "Africa/Cairo", "2027-04-29T12:00:00Z", ["04-30T21:00"]],
  ])("runs %s", (_name, text, zone, from, runs) => {
    expect(next(text, zone, from, runs.length)).toEqual(runs);
  });

  test("gives fewer when there are no more", () => {
    expect(next("2027-01-01", "UTC", "2026-11-23T15:00:00Z", 3)).toEqual(["01-01T00:00"]);
    expect(next("2027-01-01", "UTC", "2027-01-01T00:00:00Z", 3)).toEqual([]);
  });
});

test.each([
  ["minutely", 60],
  ["*:0/7", 240],
  ["hourly", 3600],
  ["daily", 86_400],
  ["Mon 02:30", 86_400],
  ["*-*-* 01,23:30", 7200],
  ["*-*-* 8..18:0/20", 1200],
  ["0 3,4 13 * 5", 3600],
])("the shortest time between two runs of %s is %i s", (text, seconds) => {
  expect(parseSchedule(text, "Europe/Berlin", NOW).shortestGapSeconds()).toBe(seconds);
});

describe("longestGap", () => {
  const HOUR = 3600;
  test.each([
    ["seconds", "*:*:0/5", "UTC", 5],
    ["an hour", "hourly", "UTC", HOUR],
    ["the hour that comes again", "hourly", "Europe/Berlin", 2 * HOUR],
    ["a day", "daily", "UTC", 24 * HOUR],
    ["a day of 25 hours", "03:30", "Europe/Berlin", 25 * HOUR],
    ["a run that the clock leaves out", "02:30", "Europe/Berlin", 47 * HOUR],
    ["the night", "*-*-* 08..18:00", "UTC", 14 * HOUR],
    ["a weekend", "Mon..Fri 02:30", "UTC", 72 * HOUR],
    ["the longest month", "monthly", "UTC", 31 * 24 * HOUR],
    ["the last Monday of two months", "Mon *-*~7/1", "UTC", 35 * 24 * HOUR],
    ["either day or weekday", "0 3 13 * 5", "UTC", 7 * 24 * HOUR],
    ["leap years", "*-02-29", "UTC", 4 * 365.25 * 24 * HOUR],
    ["listed years", "2027,2030-01-01", "UTC", 1096 * 24 * HOUR],
  ])("finds %s: %s in %s", (_name, text, zone, seconds) => {
    const gap = parseSchedule(text, zone, NOW).longestGap();
    expect(gap?.seconds).toBe(seconds);
    expect(parseSchedule(text, zone, NOW).next(1, gap?.from ?? NOW)).toEqual([gap?.to]);
  });

  test("is undefined for a schedule that runs once", () => {
    expect(parseSchedule("2027-01-01", "UTC", NOW).longestGap()).toBeUndefined();
  });
});

describe("timeZone", () => {
  test.each(["UTC", "Europe/Berlin", "Asia/Kolkata", "Etc/GMT+5", "America/Port-au-Prince", "US/Eastern"])(
    "takes %s",
    (name) => {
      expect(timeZone.safeParse(name).success).toBe(true);
    },
  );

  test.each(["", "europe/berlin", "Europe/berlin", "Europe/Nowhere", "+02:00", "../etc/passwd", "UTC\n", "local"])(
    "refuses %j",
    (name) => {
      expect(timeZone.safeParse(name).success).toBe(false);
    },
  );
});
