import { describeDuration } from "../terminal/describe-duration.js";
import { type Content, type Html, html } from "./html.js";
import type { ReportModel, VolumeModel } from "./report-model.js";

/** The few numbers that somebody looks for first. */
export function figures({ hosts, withoutPolicy }: ReportModel): Html {
  const volumes = hosts.flatMap((host) => host.volumes);
  const names = new Set(volumes.map(({ volumeId }) => volumeId));
  const oldest = most(volumes, ({ ageSeconds, policy }) => (policy === undefined ? undefined : ageSeconds));
  const slowest = most(volumes, ({ drill }) => drill?.durationSeconds);
  const fullest = most(
    hosts.flatMap(({ name, pools }) => pools.map((pool) => ({ ...pool, host: name }))),
    ({ usedShare }) => usedShare,
  );
  return html`<dl class="figures">${[
    figure("Volumes", names.size, `${names.size - withoutPolicy.length} under a policy`),
    oldest && figure("Longest without backup", describeDuration(oldest.value), nameOf(oldest.of)),
    slowest && figure("Slowest restore drill", describeDuration(slowest.value), nameOf(slowest.of)),
    fullest &&
      figure(
        "Fullest pool",
        `${Math.floor(fullest.value * 100)} %`,
        `${fullest.of.volumeGroup}/${fullest.of.pool} on ${fullest.of.host}`,
      ),
  ]}</dl>`;
}

function figure(title: string, value: string | number, about: Content): Html {
  return html`<div><dt>${title}</dt><dd><span class="value">${value}</span><br><small><bdi>${about}</bdi></small></dd></div>`;
}

const nameOf = ({ volume, target }: VolumeModel): string => `${volume} to ${target}`;

function most<T>(
  all: readonly T[],
  measure: (each: T) => number | undefined,
): { readonly of: T; readonly value: number } | undefined {
  return all
    .flatMap((of) => {
      const value = measure(of);
      return value === undefined ? [] : [{ of, value }];
    })
    .sort((a, b) => b.value - a.value)[0];
}
