import { resetHost } from "../../lab/index.js";
import { backupContenders } from "../backup-contenders.js";
import type { Stage } from "../bench.js";
import { warmUp } from "../compare.js";
import { Store } from "../store.js";
import { type Layout, openHost, VolumeOfFiles } from "../volume-of-files.js";

/** Pool for the files, for what a change leaves in the snapshot before it, and for a change during a backup. */
const POOL = "6GiB";

/** A backup of a thin volume after some of it has changed. */
export async function incremental(stage: Stage): Promise<string[]> {
  for (const gib of stage.sizes) await ofSize(stage, gib);
  return [];
}

async function ofSize({ host, changes, compare }: Stage, gib: number): Promise<void> {
  const on = await openHost(host, POOL);
  const store = await Store.open(host);
  try {
    const files = await VolumeOfFiles.make(on, gib);
    const series = { name: () => `size-${gib}`, isFirst: false };
    for (const each of backupContenders(on, files, store, { ...series, isFirst: true })) await warmUp(each);
    const contenders = backupContenders(on, files, store, series);
    for (const mib of changes) {
      if (mib === 0) {
        await compare({ title: `${gib} GiB, nothing changed`, contenders });
        continue;
      }
      for (const layout of ["clustered", "scattered"] satisfies Layout[])
        await compare({
          title: `${gib} GiB, ${mib} MiB changed, ${layout}`,
          prepare: () => files.write(mib, layout),
          contenders,
        });
    }
  } finally {
    await resetHost(host);
    await store.close();
  }
}
