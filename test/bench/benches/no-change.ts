import { changesOf, Deployment, type Outcome } from "../../e2e/harness/deployment.js";
import { resetHost } from "../../lab/index.js";
import type { Stage } from "../bench.js";
import { expectMade, forget, manyVolumes, noOps } from "../many-volumes.js";

/** What is asked of a stack in which nothing changes. */
const OPERATIONS: Record<string, (deployment: Deployment) => Promise<Outcome>> = {
  preview: (deployment) => deployment.preview(),
  refresh: (deployment) => deployment.refresh(),
  up: (deployment) => deployment.up(),
};

/** Preview, refresh and up with no change, against the engine with as many resources that do nothing. */
export async function noChange({ host, volumes = [1, 10, 100], compare }: Stage): Promise<string[]> {
  await resetHost(host);
  const ours = await Deployment.open("bench-ours");
  const engine = await Deployment.open("bench-engine");
  try {
    for (const count of volumes) {
      changesOf(await ours.up(manyVolumes(host, count)));
      changesOf(await engine.up(noOps(count)));
      for (const [operation, run] of Object.entries(OPERATIONS)) {
        await compare({
          title: `${operation}, ${count} volumes`,
          contenders: [
            { name: `pulumi ${operation}`, run: async () => expectMade(await run(ours), 0) },
            { name: "the engine alone", run: async () => expectMade(await run(engine), 0) },
          ],
        });
      }
    }
  } finally {
    await forget(host, [ours, engine]);
  }
  return [];
}
