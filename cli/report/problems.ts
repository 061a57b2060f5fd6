import { secondsSince } from "../health/backup-view.js";
import type { Finding } from "../health/findings.js";
import type { HostFailure } from "../stack/call-hosts.js";
import { describeDuration } from "../terminal/describe-duration.js";
import { oneLine } from "../terminal/one-line.js";
import type { HostModel, PoolModel, Problem } from "./report-model.js";

/** From here on a pool is a problem: thin pools that are full stop their volumes. */
const FULL_SHARE = 0.9;
const FULL_SOON_SECONDS = 14 * 86_400;

/** All problems, one for each thing that has some: hosts that were not reached, then backups, then pools. */
export function problemsOf(
  failures: readonly HostFailure[],
  found: readonly Finding[],
  hosts: readonly HostModel[],
  now: Date,
): Problem[] {
  return grouped([
    ...failures.map(failureProblem),
    ...found.map(findingProblem),
    ...hosts.flatMap(({ name, pools }) => pools.flatMap((pool) => poolProblems(name, pool, now))),
  ]);
}

/** One for each thing, where the first of it stands. */
function grouped(problems: readonly Problem[]): Problem[] {
  const things = new Map<string, Problem>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.host, problem.about]);
    const troubles = [...(things.get(key)?.troubles ?? []), ...problem.troubles];
    things.set(key, { ...problem, troubles });
  }
  return [...things.values()];
}

/** An error has two lines: what failed and why; what to do next. */
function failureProblem({ host, error }: HostFailure): Problem {
  const [summary = "", ...next] = error.split("\n");
  return { about: undefined, host, troubles: [{ summary: oneLine(summary), next: oneLine(next.join("\n")) }] };
}

function findingProblem({ host, volume, target, summary, next }: Finding): Problem {
  const about = [volume ?? [], target === undefined ? [] : ["to", target]].flat().join(" ");
  return { about: about === "" ? undefined : about, host, troubles: [{ summary, next }] };
}

function poolProblems(host: string, { volumeGroup, pool, usedShare, fullAt }: PoolModel, now: Date): Problem[] {
  const soonSeconds = fullAt === undefined ? undefined : -secondsSince(fullAt.toISOString(), now);
  const isSoon = soonSeconds !== undefined && soonSeconds <= FULL_SOON_SECONDS;
  if (usedShare < FULL_SHARE && !isSoon) return [];
  const when = isSoon && soonSeconds > 0 ? `, and as it fills it is full in ${describeDuration(soonSeconds)}` : "";
  return [
    {
      about: `thin pool ${volumeGroup}/${pool}`,
      host,
      troubles: [
        {
          summary: `${Math.floor(usedShare * 100)} % of it is in use${when}`,
          next: "Raise its size, or delete volumes that nobody needs: writes to all its volumes stop when it is full",
        },
      ],
    },
  ];
}
