import type { LabHost } from "../lab/index.js";
import { measure } from "./meter.js";
import type { Case } from "./outcome.js";
import type { Sample } from "./sample.js";
import { entriesOf } from "./statistics.js";
import { figure } from "./table.js";

/** One way to do what a contest is about. Only `run` is measured. */
export interface Contender {
  readonly name: string;
  readonly prepare?: () => Promise<unknown>;
  readonly run: () => Promise<unknown>;
  /** Takes back what the run did. */
  readonly undo?: () => Promise<unknown>;
}

export interface Contest {
  readonly title: string;
  /** Once a round, for all of them. */
  readonly prepare?: () => Promise<unknown>;
  /** The first is ours; names differ. */
  readonly contenders: readonly Contender[];
}

/** Runs the contenders in turn, in each round another one first, so that what the machine does beside hits all of them. */
export async function compare(
  { host, rounds }: { host: LabHost; rounds: number },
  { title, prepare, contenders }: Contest,
): Promise<Case> {
  const taken: Record<string, Sample[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    await prepare?.();
    for (const contender of inTurn(contenders, round)) {
      await contender.prepare?.();
      const sample = await measure(host, contender.run);
      await contender.undo?.();
      taken[contender.name]?.push(sample);
      const { seconds, cpuSeconds } = sample;
      console.log(`${title}, round ${round + 1}: ${contender.name} ${figure(seconds)} s, CPU ${figure(cpuSeconds)} s`);
    }
  }
  return { title, entries: entriesOf(taken) };
}

/** The same in another order: with the one first whose turn it is. */
export function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Runs a contender once without measuring it. */
export async function warmUp({ prepare, run, undo }: Contender): Promise<void> {
  await prepare?.();
  await run();
  await undo?.();
}

/** For a script on a host that is measured or prepares that: long enough for any, so that none is cut. */
export const HOUR_MS = 3_600_000;
