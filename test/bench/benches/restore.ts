import { succeeded } from "../../host/backup-host.js";
import { resetHost } from "../../lab/index.js";
import { backupContenders, ours } from "../backup-contenders.js";
import type { Stage } from "../bench.js";
import { type Contender, HOUR_MS, warmUp } from "../compare.js";
import { ENVIRONMENT, Store } from "../store.js";
import { FILES_MIB, MOUNT, mkfsCommand, openHost, VolumeOfFiles } from "../volume-of-files.js";

const GIB = 2;
const SERIES = "restore";
/** Where others restore to. */
const COPY = "/dev/fast/copy";

/** A restore to a new volume; ours reads it back and compares it too. */
export async function restore({ host, compare }: Stage): Promise<string[]> {
  const on = await openHost(host, "6GiB");
  const store = await Store.open(host);
  try {
    const files = await VolumeOfFiles.make(on, GIB);
    const series = { name: () => SERIES, isFirst: true };
    const [byUs, byRestic] = backupContenders(on, files, store, series) as [Contender, Contender];
    await warmUp(byUs);
    await warmUp(byRestic);
    await on.sh(`lvcreate -q -y -V ${GIB}G --thinpool pool -n copy fast`);
    await compare({
      title: `${FILES_MIB / 1024} GiB, restore`,
      contenders: [
        {
          name: "pulumi-lvm, read back too",
          run: async () => succeeded(await on.restore(files.volume, "latest", GIB * 1024, ours(store, SERIES))),
          undo: () => on.dropScratch(),
        },
        {
          name: "restic restore of the files",
          prepare: () => on.sh(`blkdiscard ${COPY} && ${mkfsCommand(COPY)} && mount ${COPY} ${MOUNT}`, HOUR_MS),
          run: () =>
            on.sh(
              `set -e\n${ENVIRONMENT}\n${store.restic(`${SERIES}/files`)} restore latest --target ${MOUNT}\nsync -f ${MOUNT}`,
              HOUR_MS,
            ),
          undo: () => on.sh(`umount ${MOUNT}`),
        },
        {
          name: "dd from volume to volume",
          prepare: () => on.sh(`blkdiscard ${COPY}`, HOUR_MS),
          run: () => on.sh(`dd if=${files.volume.device} of=${COPY} bs=1M conv=sparse,fsync status=none`, HOUR_MS),
        },
      ],
    });
  } finally {
    await resetHost(host);
    await store.close();
  }
  return [];
}
