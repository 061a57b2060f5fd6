import { formatSize } from "../../provider/model/size.js";
import { type Html, html } from "./html.js";
import type { PoolModel } from "./report-model.js";
import { dayText } from "./time-text.js";

/** A line takes two points, and says something from the third on. */
const MIN_SAMPLES = 3;

/** Units of the view box; the picture is stretched to the width that it has. */
const WIDTH = 100;
const HEIGHT = 28;

/** How much of a pool was in use over time, from nothing at the bottom to all of it at the top; undefined for too few samples. */
export function poolHistory({ samples, sizeBytes, usedBytes }: PoolModel, now: Date): Html | undefined {
  const points = samples
    .map(({ time, usedBytes: used }) => ({ ms: new Date(time).getTime(), used }))
    .filter(({ ms }) => ms < now.getTime())
    .sort((a, b) => a.ms - b.ms);
  const [first] = points;
  if (first === undefined || points.length < MIN_SAMPLES) return undefined;
  const x = (ms: number) => ((ms - first.ms) / (now.getTime() - first.ms)) * WIDTH;
  const y = (used: number) => HEIGHT - Math.min(1, used / sizeBytes) * HEIGHT;
  const path = [...points, { ms: now.getTime(), used: usedBytes }]
    .map(({ ms, used }, index) => `${index === 0 ? "M" : "L"}${x(ms).toFixed(2)} ${y(used).toFixed(2)}`)
    .join("");
  const words = `In use: ${formatSize(first.used)} on ${dayText(new Date(first.ms))}, ${formatSize(usedBytes)} now`;
  return html`<svg class="history" role="img" aria-label="${words}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><title>${words}</title><path class="axis" d="M0 0H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/><path d="${path}"/></svg><p class="muted since"><span>${dayText(new Date(first.ms))}</span><span>now</span></p>`;
}
