import { formatSize } from "../../provider/model/size.js";
import type { BackupState } from "../health/backup-state.js";
import { secondsSince } from "../health/backup-view.js";
import { describeState } from "../health/status-text.js";
import { describeDuration } from "../terminal/describe-duration.js";
import { type Content, type Html, html } from "./html.js";
import { percent } from "./percent.js";
import type { VolumeModel } from "./report-model.js";
import type { TimeAxis } from "./time-axis.js";
import { timeText } from "./time-text.js";
import { timeline } from "./timeline.js";

/** Titles of the columns that {@link volumeRows} fills. */
export const COLUMNS = ["Volume", "State", "Newest backup", "Verified", "Recovery time", "Next run"] as const;

/** A sign beside the words of a state, so that colour is not what tells them apart. */
const SIGNS: Readonly<Record<BackupState, readonly [sign: string, color: string]>> = {
  unknown: ["?", "bad"],
  none: ["–", "warn"],
  stuck: ["!", "bad"],
  running: ["▸", "info"],
  damaged: ["✕", "bad"],
  failed: ["✕", "bad"],
  off: ["✕", "bad"],
  late: ["!", "bad"],
  queued: ["○", "info"],
  waiting: ["○", "info"],
  unscheduled: ["–", "warn"],
  ok: ["✓", "good"],
};

/** Stands for what a volume cannot have, as a volume that is not backed up has no next run. */
const ABSENT = "–";

/** A volume as a group of two rows: what is known of its backups, and its recovery points. */
export function volumeRows(volume: VolumeModel, axis: TimeAxis, now: Date): Html {
  const { points, maxAgeSeconds } = volume;
  const cells = [state(volume), newest(volume), verified(volume), recovery(volume), next(volume, now)];
  const row = html`<tr role="row">${name(volume)}${cells.map((content, index) => cell(COLUMNS[index + 1] ?? "", content))}</tr>`;
  const line =
    volume.target === undefined
      ? undefined
      : html`<tr role="row"><td role="cell" class="points" colspan="${COLUMNS.length}">${
          points === undefined
            ? html`<p class="muted">The recovery points could not be read</p>`
            : timeline(points, { axis, now, maxAgeSeconds })
        }</td></tr>`;
  return html`<tbody role="rowgroup">${row}${line}</tbody>`;
}

function cell(title: string, content: Content): Html {
  return html`<td role="cell" class="${content === ABSENT ? "absent" : ""}"><span class="label" aria-hidden="true">${title}</span>${content}</td>`;
}

function name({ volume, logicalVolume, sizeBytes, microVm, target, policy }: VolumeModel): Html {
  const lines = [
    [logicalVolume, ...(sizeBytes === undefined ? [] : [formatSize(sizeBytes)])],
    [...(target === undefined ? [] : [`to ${target}`]), ...(policy === undefined ? [] : [`policy ${policy}`])],
    microVm === undefined ? [] : [`microVM ${microVm}`],
  ].filter((facts) => facts.length > 0);
  return html`<th scope="row" role="rowheader"><strong><bdi>${volume}</bdi></strong>${lines.map((facts) => html`<small><bdi>${facts.join(" · ")}</bdi></small>`)}</th>`;
}

function state({ state: found }: VolumeModel): Html {
  const [sign, color] = SIGNS[found];
  return html`<span class="state ${color}"><span class="mark" aria-hidden="true">${sign}</span>${describeState(found)}</span>`;
}

function newest({ ageSeconds, maxAgeSeconds, target, state: found }: VolumeModel): Content {
  if (target === undefined || found === "unknown") return ABSENT;
  const allowed =
    maxAgeSeconds === undefined ? undefined : html`<small>${describeDuration(maxAgeSeconds)} allowed</small>`;
  if (ageSeconds === undefined) return html`never${allowed}`;
  const isLate = maxAgeSeconds !== undefined && ageSeconds > maxAgeSeconds;
  const words = `${describeDuration(ageSeconds)} ago`;
  return html`<span class="${isLate ? "bad" : ""}">${words}</span>${allowed}${maxAgeSeconds === undefined ? undefined : meter(ageSeconds / maxAgeSeconds)}`;
}

function meter(share: number): Html {
  const words = `${Math.round(share * 100)} % of the age that the policy allows`;
  return html`<svg class="meter" role="img" aria-label="${words}" height="4"><title>${words}</title><rect class="track" width="100%" height="4" rx="2"/><rect class="${share > 1 ? "fill-bad" : "fill"}" width="${percent(share)}" height="4" rx="2"/></svg>`;
}

function verified({ verified: { agoSeconds, isFailing }, target, state: found }: VolumeModel): Content {
  if (target === undefined || found === "unknown") return ABSENT;
  const last = agoSeconds === undefined ? "never" : `${describeDuration(agoSeconds)} ago`;
  return isFailing ? html`<span class="bad">failed</span><small>last good: ${last}</small>` : last;
}

function recovery({ drill, target, state: found }: VolumeModel): Content {
  if (target === undefined || found === "unknown") return ABSENT;
  if (drill === undefined) return html`<span class="muted">not measured</span>`;
  const { isSuccess, durationSeconds, agoSeconds } = drill;
  const took = durationSeconds === undefined ? undefined : describeDuration(durationSeconds);
  const ago = `${describeDuration(agoSeconds)} ago`;
  if (isSuccess) return html`${took ?? "restored"}<small>drill ${ago}</small>`;
  return html`<span class="bad">drill failed</span><small>${ago}${took === undefined ? "" : `; the last good one took ${took}`}</small>`;
}

function next({ nextRun, policy, state: found }: VolumeModel, now: Date): Content {
  if (policy === undefined || found === "unknown") return ABSENT;
  if (nextRun === undefined) return html`<span class="muted">none</span>`;
  const seconds = -secondsSince(nextRun, now);
  return html`${seconds <= 0 ? "now" : `in ${describeDuration(seconds)}`}<small>${timeText(new Date(nextRun))}</small>`;
}
