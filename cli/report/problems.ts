import { secondsSince } from "../health/backup-view.js";
import type { Finding } from "../health/findings.js";
import type { HostFailure } from "../stack/call-hosts.js";
import { describeDuration } from "../terminal/describe-duration.js";
import { problemInLines } from "../terminal/one-line.js";
import type { HostModel, PoolModel, ProblemGroup } from "./report-model.js";

/** From here on a pool is a problem: thin pools that are full stop their volumes. */
const FULL_SHARE = 0.9;
const FULL_SOON_SECONDS = 14 * 86_400;

/** All problems, one for each thing that has some: hosts that were not reached, then backups, then pools. */
export function problemsOf(
  failures: readonly HostFailure[],
  found: readonly Finding[],
  hosts: readonly HostModel[],
  now: Date,
): ProblemGroup[] {
  return grouped([
    ...failures.map(failureProblem),
    ...found.map(findingProblem),
    ...hosts.flatMap(({ name, pools }) => pools.flatMap((pool) => poolProblems(name, pool, now))),
  ]);
}

/** One for each thing, where the first of it stands. */
function grouped(problems: readonly ProblemGroup[]): ProblemGroup[] {
  const things = new Map<string, ProblemGroup>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.host, problem.about]);
    const troubles = [...(things.get(key)?.troubles ?? []), ...problem.troubles];
    things.set(key, { ...problem, troubles });
  }
  return [...things.values()];
}

function failureProblem({ host, problem }: HostFailure): ProblemGroup {
  return { about: undefined, host, troubles: [problemInLines(problem)] };
}

function findingProblem({ host, volume, target, summary, detail, next }: Finding): ProblemGroup {
  const about = [volume ?? [], target === undefined ? [] : ["to", target]].flat().join(" ");
  return { about: about === "" ? undefined : about, host, troubles: [{ summary, detail, next }] };
}

function poolProblems(host: string, { volumeGroup, pool, usedShare, fullAt }: PoolModel, now: Date): ProblemGroup[] {
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
          detail: "",
          next: "Raise its size, or delete volumes that nobody needs: writes to all its volumes stop when it is full",
        },
      ],
    },
  ];
}
