import { formatDuration, parseDuration } from "../duration.js";
import { BEFORE_ALL_RUNS, parseSchedule } from "../schedule/schedule.js";
import type { PolicySettings } from "./backup-policy.js";

/** By how much later than its schedule says something starts. */
export interface Jitter {
  /** The most that it may be. */
  readonly seconds: number;
  /** Whether a timer has a delay of its own that stays, made of its name and the machine-id; else each run has another one. */
  readonly isFixed: boolean;
}

/** Enough for hundreds of schedules that say "daily" to start seconds apart. */
const DEFAULT_SECONDS = 300;

/** Runs that are closer to each other are spread by themselves, and would be moved by more than a tenth of their period. */
const SPARSE_SECONDS = 3600;

/** The jitter of one of a policy's schedules: what the policy says, else five minutes where runs are at least an hour apart. */
export function jitterOf(schedule: string, { timeZone, jitter }: Pick<PolicySettings, "timeZone" | "jitter">): Jitter {
  if (jitter !== undefined) return { seconds: parseDuration(jitter), isFixed: false };
  const gapSeconds = parseSchedule(schedule, timeZone, BEFORE_ALL_RUNS).shortestGapSeconds();
  return { seconds: gapSeconds < SPARSE_SECONDS ? 0 : DEFAULT_SECONDS, isFixed: true };
}

/** A jitter in words, such as `up to 5m later`; undefined when there is none. */
export function describeJitter({ seconds }: Jitter): string | undefined {
  return seconds === 0 ? undefined : `up to ${formatDuration(seconds)} later`;
}
