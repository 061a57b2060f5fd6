import type { PoolUsage } from "../../provider/hosts/backups/backup-status.js";

const DAY_MS = 86_400_000;

/** Fewer samples, or a shorter time between the first and the last, say nothing of the days to come. */
const MIN_SAMPLES = 3;
const MIN_SPAN_MS = DAY_MS;

/** What lies further ahead is not told: pools are replaced before. */
const HORIZON_MS = 5 * 365 * DAY_MS;

/**
 * When a pool will be full if it goes on filling as its samples say: from what is in use now, at the slope of a line through the samples
 * by least squares.
 * @returns Undefined when no such day is in sight: too few samples, no growth, or five years and more.
 */
export function projectFull({ sizeBytes, usedBytes, samples }: PoolUsage, now: Date): Date | undefined {
  if (sizeBytes === 0) return undefined;
  if (usedBytes >= sizeBytes) return now;
  const points = samples
    .map(({ time, usedBytes: used }) => ({ ms: new Date(time).getTime(), used }))
    .filter(({ ms }) => ms <= now.getTime());
  if (points.length < MIN_SAMPLES) return undefined;
  const times = points.map(({ ms }) => ms);
  if (Math.max(...times) - Math.min(...times) < MIN_SPAN_MS) return undefined;
  const slope = slopeOf(points);
  if (!(slope > 0)) return undefined;
  const aheadMs = (sizeBytes - usedBytes) / slope;
  return aheadMs > HORIZON_MS ? undefined : new Date(now.getTime() + aheadMs);
}

/** Bytes per millisecond. Sums are taken around the means, as squares of times since 1970 have more digits than a number. */
function slopeOf(points: readonly { readonly ms: number; readonly used: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanMs = mean(points.map(({ ms }) => ms));
  const meanUsed = mean(points.map(({ used }) => used));
  const products = points.reduce((sum, { ms, used }) => sum + (ms - meanMs) * (used - meanUsed), 0);
  const squares = points.reduce((sum, { ms }) => sum + (ms - meanMs) ** 2, 0);
  return products / squares;
}
