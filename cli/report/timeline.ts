import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import { formatSize } from "../../provider/model/size.js";
import { secondsSince } from "../health/backup-view.js";
import { type Html, html } from "./html.js";
import { percent } from "./percent.js";
import type { TimeAxis } from "./time-axis.js";
import { timeText } from "./time-text.js";

/** Where the line of points runs, and where the words of its marks stand, in pixels from the top. */
const LINE_Y = 14;
const WORDS_Y = 40;

export interface TimelineOptions {
  readonly axis: TimeAxis;
  readonly now: Date;
  /** Age that the policy allows for the newest point; the time within it has a ground of its own. */
  readonly maxAgeSeconds: number | undefined;
}

/** The recovery points of a volume as dots on a line: filled when verified, hollow when not; and all of them as a table to unfold. */
export function timeline(points: readonly RecoveryPoint[], options: TimelineOptions): Html {
  const { axis } = options;
  const words = describe(points);
  if (points.length === 0) return html`<p class="muted">${words}</p>`;
  return html`<svg class="timeline" role="img" aria-label="${words}" height="44"><title>${words}</title>${fresh(options)}<line class="axis" x1="0" x2="100%" y1="${LINE_Y}" y2="${LINE_Y}"/>${axis.marks.map(mark)}${points.map((point) => dot(point, options))}</svg>${list(points, words)}`;
}

function describe(points: readonly RecoveryPoint[]): string {
  if (points.length === 0) return "No recovery points";
  const verified = points.filter((point) => point.verified !== null).length;
  return `${points.length} recovery point${points.length === 1 ? "" : "s"}, ${verified} verified`;
}

function fresh({ axis, maxAgeSeconds }: TimelineOptions): Html | undefined {
  if (maxAgeSeconds === undefined) return undefined;
  const start = axis.at(maxAgeSeconds);
  return html`<rect class="fresh" x="${percent(start)}" width="${percent(1 - start)}" y="2" height="${2 * LINE_Y - 4}" rx="3"><title>Where the policy wants the newest recovery point</title></rect>`;
}

function mark({ words, at }: TimeAxis["marks"][number]): Html {
  const anchor = at === 1 ? "end" : "middle";
  const x = percent(at);
  return html`<line class="axis" x1="${x}" x2="${x}" y1="${LINE_Y}" y2="${WORDS_Y - 12}"/><text x="${x}" y="${WORDS_Y}" text-anchor="${anchor}">${words}</text>`;
}

function dot({ time, sizeBytes, verified }: RecoveryPoint, { axis, now }: TimelineOptions): Html {
  const words = `${timeText(new Date(time))}, ${formatSize(sizeBytes)}, ${verifiedText(verified)}`;
  return dotAt(percent(axis.at(secondsSince(time, now))), LINE_Y, verified !== null, words);
}

/** The dot of a recovery point: filled when it was verified, with a rim that keeps it apart from the next one; hollow when not. */
export function dotAt(x: string, y: number, isVerified: boolean, words?: string): Html {
  const title = words === undefined ? undefined : html`<title>${words}</title>`;
  return html`<circle class="${isVerified ? "point verified" : "point"}" cx="${x}" cy="${y}" r="${isVerified ? 5 : 4}">${title}</circle>`;
}

function verifiedText(verified: string | null): string {
  return verified === null ? "not verified" : `verified ${timeText(new Date(verified))}`;
}

function list(points: readonly RecoveryPoint[], words: string): Html {
  const rows = points
    .toReversed()
    .map(
      ({ time, sizeBytes, verified, id }) =>
        html`<tr><td>${timeText(new Date(time))}</td><td>${formatSize(sizeBytes)}</td><td>${verifiedText(verified)}</td><td><code>${id}</code></td></tr>`,
    );
  return html`<details><summary>${words}</summary><table class="list"><caption>Recovery points, the newest first</caption><thead><tr><th scope="col">Taken</th><th scope="col">Size</th><th scope="col">Verified</th><th scope="col">Id</th></tr></thead><tbody>${rows}</tbody></table></details>`;
}
