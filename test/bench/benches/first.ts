import { succeeded } from "../../host/backup-host.js";
import { resetHost } from "../../lab/index.js";
import { backupContenders } from "../backup-contenders.js";
import type { Stage } from "../bench.js";
import { type Contender, HOUR_MS } from "../compare.js";
import { Store } from "../store.js";
import { FILES_MIB, openHost, VolumeOfFiles } from "../volume-of-files.js";

/** The first backup of a thin volume, into a repository that it makes. */
export async function first({ host, compare }: Stage): Promise<string[]> {
  const on = await openHost(host, "4GiB");
  const store = await Store.open(host);
  try {
    const files = await VolumeOfFiles.make(on, 2);
    let round = 0;
    const series = () => `round-${round}`;
    const [ours, ...others] = backupContenders(on, files, store, { name: series, isFirst: true }) as [
      Contender,
      ...Contender[],
    ];
    // Else the next one would have a base.
    const cleanUp = async () =>
      succeeded(await on.run("cleanup", { volume: { id: files.volume.id }, target: series() }));
    await compare({
      title: `${FILES_MIB / 1024} GiB, first backup`,
      prepare: async () => {
        round += 1;
      },
      contenders: [
        { ...ours, undo: cleanUp },
        ...others,
        {
          name: "dd of the device to nowhere",
          run: () => on.sh(`dd if=${files.volume.device} of=/dev/null bs=4M status=none`, HOUR_MS),
        },
      ],
    });
  } finally {
    await resetHost(host);
    await store.close();
  }
  return [];
}
