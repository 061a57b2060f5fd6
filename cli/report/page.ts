import { whatAndWhy } from "../../provider/model/problem.js";
import { VERSION } from "../../provider/model/version.js";
import { secondsSince } from "../health/backup-view.js";
import { figures } from "./figures.js";
import { hostSection } from "./host-section.js";
import { Html, html } from "./html.js";

import type { ProblemGroup, ReportModel } from "./report-model.js";
import { STYLE } from "./style.js";
import { timeAxis } from "./time-axis.js";
import { timeText } from "./time-text.js";
import { dotAt } from "./timeline.js";

/** Nothing may be loaded, run or sent: the page is all that there is. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A report as one HTML document that needs nothing else. */
export function reportPage(model: ReportModel): string {
  const { stack, generatedAt: now, problems, withoutPolicy, hosts } = model;
  const times = hosts.flatMap(({ volumes }) => volumes.flatMap(({ points = [] }) => points.map(({ time }) => time)));
  const axis = timeAxis(times.reduce((oldest, time) => Math.max(oldest, secondsSince(time, now)), 0));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Backups of ${stack}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><p class="kicker">Backup report</p><h1><bdi>${stack}</bdi></h1><p class="muted">As of <time datetime="${now.toISOString()}">${timeText(now)}</time></p>${verdict(problems.length)}${figures(model)}</header>
<main>
${problems.length === 0 ? undefined : html`<h2>What needs attention</h2><ol class="problems">${problems.map(problemItem)}</ol>`}
${withoutPolicy.length === 0 ? undefined : html`<h2>Under no policy</h2><p>Nothing backs these volumes up by itself: <bdi>${withoutPolicy.join(", ")}</bdi></p>`}
<h2>Hosts</h2>
${legend()}
${hosts.length === 0 ? html`<p>The stack has no hosts</p>` : hosts.map((host) => hostSection(host, axis, now))}
</main>
<footer><p>Made by pulumi-lvm ${VERSION} from the stack’s state and what its hosts and targets said. Times are in UTC.</p></footer>
</body>
</html>
`;
  return page.text;
}

function verdict(count: number): Html {
  if (count === 0) return html`<p class="verdict good"><span aria-hidden="true">✓ </span>Nothing needs attention</p>`;
  return html`<p class="verdict bad"><span aria-hidden="true">! </span>${count} ${count === 1 ? "problem needs" : "problems need"} attention</p>`;
}

function problemItem({ about, host, troubles }: ProblemGroup): Html {
  const title =
    about === undefined
      ? html`<bdi>${host}</bdi> <small>host</small>`
      : html`<bdi>${about}</bdi> <small>on <bdi>${host}</bdi></small>`;
  const paragraphs = troubles.map(
    (problem) =>
      html`<div><p>${sentence(whatAndWhy(problem))}</p>${problem.next === "" ? undefined : html`<p class="next">${sentence(problem.next)}</p>`}</div>`,
  );
  return html`<li><h3>${title}</h3>${paragraphs}</li>`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function legend(): Html {
  const dot = (isVerified: boolean) => html`<svg aria-hidden="true">${dotAt("7", 7, isVerified)}</svg>`;
  return html`<ul class="legend"><li>${dot(true)}recovery point, verified</li><li>${dot(false)}recovery point, not verified yet</li><li><svg aria-hidden="true"><rect class="fresh" width="14" height="14" rx="3"/></svg>where the policy wants the newest</li><li>Time runs to the right; recent days are drawn wider.</li></ul>`;
}
