import { InvalidArgumentError } from "commander";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Reads a moment: a time such as `2026-11-23` or `2026-11-23T08:00:00Z`, or how long ago it was, such as `90m` or `7d`.
 * @throws {InvalidArgumentError} If it is neither.
 */
export function parseSince(text: string): Date {
  const { amount, unit } = /^(?<amount>\d{1,9})(?<unit>[smhdw])$/.exec(text)?.groups ?? {};
  if (amount !== undefined && unit !== undefined) {
    return new Date(Date.now() - Number(amount) * (SECONDS[unit] ?? 0) * 1000);
  }
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(
      "Write a time such as 2026-11-23T08:00:00Z, or how long ago it was, such as 90m or 7d.",
    );
  }
  return time;
}
