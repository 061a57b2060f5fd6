const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What a clock in a time zone shows, as milliseconds of a clock in UTC that shows the same; whole seconds.
 * @param zone An IANA name that Intl knows.
 */
export function wallTime(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** What a time zone is ahead of UTC, in milliseconds. */
export function offsetAt(instant: number, zone: string): number {
  return wallTime(instant, zone) - Math.floor(instant / 1000) * 1000;
}

/** When a clock in a time zone shows a time: once, twice when it was set back, never when it was set forward over it. */
export function instantsAt(wall: number, zone: string): number[] {
  const offsets = new Set([offsetAt(wall - DAY_MS, zone), offsetAt(wall + DAY_MS, zone)]);
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((instant) => wallTime(instant, zone) === wall)
    .sort((a, b) => a - b);
}

/** The instants in a stretch of time at which the clock of a time zone is set, each the first after the change. */
export function clockChanges(start: number, stop: number, zone: string): number[] {
  const changes: number[] = [];
  for (let at = start; at < stop; at += DAY_MS) {
    let [before, after] = [at, at + DAY_MS];
    if (offsetAt(before, zone) === offsetAt(after, zone)) continue;
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetAt(middle, zone) === offsetAt(before, zone)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}
