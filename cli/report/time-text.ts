/** A time for people, in UTC: `23 Nov 2026, 15:40 UTC`. */
export function timeText(time: Date): string {
  return `${format(time, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })} UTC`;
}

/** A day for people, in UTC: `23 Nov 2026`. */
export function dayText(time: Date): string {
  return format(time, { day: "numeric", month: "short", year: "numeric" });
}

function format(time: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(time);
}
