import { z } from "zod";

/** Seconds in each unit, the largest first. Months and years are left out: they have no fixed length. */
const UNITS = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;
type Unit = keyof typeof UNITS;

/** Whole numbers with units from the largest to the smallest, each at most once. */
const DURATION = /^(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,8}s)?$/;

/** A hundred years: what is longer is a slip. */
const MAX_SECONDS = 36_525 * UNITS.d;

/**
 * Reads a duration such as `"90s"`, `"26h"`, `"2w"` or `"1d12h"`.
 * @returns Whole seconds, 0 to a hundred years.
 * @throws {RangeError} If the text is no duration, or is out of range.
 */
export function parseDuration(text: string): number {
  if (!DURATION.test(text)) {
    throw new RangeError(
      `Cannot read duration ${JSON.stringify(text)}: write whole numbers with the units w, d, h, m, s from large to small, such as "26h" or "1d12h"`,
    );
  }
  const seconds = sum(text);
  if (seconds > MAX_SECONDS) {
    throw new RangeError(`Cannot use duration ${JSON.stringify(text)}: the longest is ${formatDuration(MAX_SECONDS)}`);
  }
  return seconds;
}

function sum(text: string): number {
  return [...text.matchAll(/(\d+)([wdhms])/g)]
    .map(([, amount, unit]) => Number(amount) * UNITS[unit as Unit])
    .reduce((total, each) => total + each, 0);
}

/**
 * Writes seconds so that {@link parseDuration} reads the same again, such as `1d12h`. Weeks are written as days.
 * @param seconds Whole seconds, 0 or more.
 */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0s";
  let rest = seconds;
  return (["d", "h", "m", "s"] as const)
    .map((unit) => {
      const amount = Math.floor(rest / UNITS[unit]);
      rest -= amount * UNITS[unit];
      return amount === 0 ? "" : `${amount}${unit}`;
    })
    .join("");
}

/**
 * A duration as a user writes it. It stays as written in the state; {@link parseDuration} turns it into seconds.
 * @param minSeconds The shortest that is allowed. Default 0.
 * @param maxSeconds The longest that is allowed. Default a hundred years.
 */
export const duration = (minSeconds = 0, maxSeconds: number = MAX_SECONDS) =>
  z
    .string('must be text such as "26h" or "1d12h"')
    .regex(DURATION, 'must be whole numbers with the units w, d, h, m, s from large to small, such as "26h" or "1d12h"')
    .superRefine((text, context) => {
      // Not by an abort of the rule above: that would keep rules of what holds the field from being looked at.
      const seconds = DURATION.test(text) ? sum(text) : minSeconds;
      const refuse = (message: string) => context.addIssue({ code: "custom", message });
      if (seconds < minSeconds) refuse(`must be at least ${formatDuration(minSeconds)}`);
      if (seconds > maxSeconds) refuse(`must be at most ${formatDuration(maxSeconds)}`);
    });
