const HOUR = 3600;
const DAY = 24 * HOUR;

/** Ages that may have a mark on the axis, in seconds. */
const MARKS: readonly (readonly [words: string, seconds: number])[] = [
  ["1 h", HOUR],
  ["6 h", 6 * HOUR],
  ["1 day", DAY],
  ["1 week", 7 * DAY],
  ["1 month", 30 * DAY],
  ["3 months", 91 * DAY],
  ["1 year", 365 * DAY],
  ["3 years", 3 * 365 * DAY],
  ["10 years", 10 * 365 * DAY],
];

/** Retention keeps many recent points and few old ones; this exponent spreads both about evenly. */
const EXPONENT = 0.4;

/** Room that the words of a mark take, as a share of the axis on a phone. */
const MIN_GAP = 0.19;

/** Where ages stand on a line from the oldest on the left to now on the right. Recent days are drawn wider. */
export interface TimeAxis {
  /** Place of an age in seconds, 0 to 1. */
  readonly at: (ageSeconds: number) => number;
  readonly marks: readonly { readonly words: string; readonly at: number }[];
}

/** An axis for ages up to one in seconds; of a day at least. */
export function timeAxis(oldestSeconds: number): TimeAxis {
  const range = Math.max(DAY, oldestSeconds);
  const at = (ageSeconds: number) => 1 - (Math.max(0, Math.min(range, ageSeconds)) / range) ** EXPONENT;
  const marks = [{ words: "now", at: 1 }];
  // From now into the past, each as far from the one before as its words need; the last must not run out at the left.
  for (const [words, seconds] of MARKS) {
    const share = at(seconds);
    const room = (marks.at(-1)?.at ?? 1) - share;
    if (seconds <= range && room >= MIN_GAP && share >= MIN_GAP / 2) marks.push({ words, at: share });
  }
  return { at, marks };
}
