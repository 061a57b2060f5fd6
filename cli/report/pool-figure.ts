import { formatSize } from "../../provider/model/size.js";
import { secondsSince } from "../health/backup-view.js";
import { type Html, html } from "./html.js";
import { percent } from "./percent.js";
import { poolHistory } from "./pool-history.js";
import type { PoolModel } from "./report-model.js";
import { dayText } from "./time-text.js";

/** From here on the bar has the colour of a problem. */
const FULL_SHARE = 0.9;

/** How full a thin pool is, how it came to be so, and when it will be full. */
export function poolFigure(pool: PoolModel, now: Date): Html {
  const { volumeGroup, pool: name, usedBytes, sizeBytes, usedShare, metadataPercent } = pool;
  const words = `${formatSize(usedBytes)} of ${formatSize(sizeBytes)} in use, ${wholePercent(usedShare)}`;
  const fill = usedShare >= FULL_SHARE ? "fill-bad" : "fill";
  const metadata = metadataPercent === undefined ? "" : ` · metadata ${wholePercent(metadataPercent / 100)}`;
  return html`<figure><figcaption><span><strong><bdi>${volumeGroup}/${name}</bdi></strong> <small>thin pool</small></span><span>${wholePercent(usedShare)}</span></figcaption><svg class="bar" role="img" aria-label="${words}" height="8"><title>${words}</title><rect class="track" width="100%" height="8" rx="4"/><rect class="${fill}" width="${percent(usedShare)}" height="8" rx="4"/></svg><p class="muted">${formatSize(usedBytes)} of ${formatSize(sizeBytes)}${metadata}</p><p class="muted">${fullText(pool, now)}</p>${poolHistory(pool, now)}</figure>`;
}

function wholePercent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function fullText({ fullAt, usedShare }: PoolModel, now: Date): string {
  if (usedShare >= 1) return "Full";
  if (fullAt === undefined) return "Full: not in sight";
  const days = Math.round(-secondsSince(fullAt.toISOString(), now) / 86_400);
  return `Full about ${dayText(fullAt)}, ${days < 1 ? "within a day" : `in ${days} d`}, if it goes on like this`;
}
