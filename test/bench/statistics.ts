import type { Sample } from "./sample.js";

/** Where the samples of one thing lie. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} If there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [upper, lower] = [sorted[Math.floor(sorted.length / 2)], sorted[Math.ceil(sorted.length / 2) - 1]];
  if (upper === undefined || lower === undefined) throw new RangeError("Cannot summarize samples: there are none");
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** What somebody took in all rounds of a case. */
export interface Entry {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly spread: Record<keyof Sample, Spread>;
  /** Median seconds of ours, as a multiple of this one's: above 1, ours is slower. */
  readonly oursTakes: number;
}

/**
 * The samples of each contender as entries, in the same order.
 * @param taken Samples by the contenders' names; the first is ours.
 * @throws {RangeError} If one has no samples.
 */
export function entriesOf(taken: Readonly<Record<string, readonly Sample[]>>): Entry[] {
  const spreads = Object.entries(taken).map(([name, samples]) => ({ name, samples, spread: spreadOfEach(samples) }));
  const ours = spreads[0]?.spread.seconds.median ?? Number.NaN;
  return spreads.map((each) => ({ ...each, oursTakes: ours / each.spread.seconds.median }));
}

function spreadOfEach(samples: readonly Sample[]): Record<keyof Sample, Spread> {
  const of = (key: keyof Sample) => spreadOf(samples.map((sample) => sample[key]));
  return {
    seconds: of("seconds"),
    cpuSeconds: of("cpuSeconds"),
    processes: of("processes"),
    readMiB: of("readMiB"),
    sentMiB: of("sentMiB"),
    memoryMiB: of("memoryMiB"),
  };
}
