import { offsetAt, wallTime } from "./zone-time.js";

/** A run as a clock in the time zone shows it, with what it is ahead of UTC, such as `Tue 2026-11-24 02:30:00 +01:00`. */
export function formatRun(run: Date, timeZone: string): string {
  const wall = new Date(wallTime(run.getTime(), timeZone));
  const day = wall.toUTCString().slice(0, 3);
  const [date, time] = wall.toISOString().split(/[T.]/);
  const minutes = Math.abs(offsetAt(run.getTime(), timeZone)) / 60_000;
  const sign = offsetAt(run.getTime(), timeZone) < 0 ? "-" : "+";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => `${part}`.padStart(2, "0"));
  return `${day} ${date} ${time} ${minutes === 0 ? "UTC" : `${sign}${hours}:${rest}`}`;
}
