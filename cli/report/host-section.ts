import { type Html, html } from "./html.js";
import { poolFigure } from "./pool-figure.js";
import type { HostModel } from "./report-model.js";
import type { TimeAxis } from "./time-axis.js";
import { COLUMNS, volumeRows } from "./volume-row.js";

/** A host: its thin pools, its volumes and their backups. */
export function hostSection({ name, isReached, pools, volumes }: HostModel, axis: TimeAxis, now: Date): Html {
  const unreached = isReached
    ? undefined
    : html`<p class="bad">It was not reached: what its state says is not known. The problems above say why.</p>`;
  return html`<section class="host"><h3><bdi>${name}</bdi></h3>${unreached}${
    pools.length === 0 ? undefined : html`<div class="pools">${pools.map((pool) => poolFigure(pool, now))}</div>`
  }${volumes.length === 0 ? html`<p class="muted">The stack has no volumes there</p>` : table(name, volumes, axis, now)}</section>`;
}

/** The roles say what the elements say already, for browsers that forget it once a style sheet lays rows out as cards. */
function table(host: string, volumes: HostModel["volumes"], axis: TimeAxis, now: Date): Html {
  const titles = COLUMNS.map((title) => html`<th scope="col" role="columnheader">${title}</th>`);
  return html`<table class="volumes" role="table"><caption>Volumes on <bdi>${host}</bdi> and their backups</caption><thead role="rowgroup"><tr role="row">${titles}</tr></thead>${volumes.map((volume) => volumeRows(volume, axis, now))}</table>`;
}
