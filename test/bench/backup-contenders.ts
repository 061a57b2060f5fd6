import type { BackupHost } from "../host/backup-host.js";
import { type Contender, HOUR_MS } from "./compare.js";
import { ENVIRONMENT, type Store } from "./store.js";
import { MOUNT, type VolumeOfFiles } from "./volume-of-files.js";

/** Backups whose repositories are in folders of one name. */
export interface Series {
  /** At the time of a backup; a word. */
  readonly name: () => string;
  /** Whether each backup is the first of its repository, and makes it. */
  readonly isFirst: boolean;
}

/** Those who back a volume of files up to the same store: ours, restic as it reads the mounted files, and as it reads the device. */
export function backupContenders(
  on: BackupHost,
  files: VolumeOfFiles,
  store: Store,
  { name, isFirst }: Series,
): Contender[] {
  const { volume } = files;
  const restic = (who: string, words: string) => {
    const command = store.restic(`${name()}/${who}`);
    const init = isFirst ? `${command} init >/dev/null\n` : "";
    return on.sh(`set -e\n${ENVIRONMENT}\n${init}${command} backup --host bench ${words}`, HOUR_MS);
  };
  return [
    { name: "pulumi-lvm", run: () => volume.backup(ours(store, name())) },
    {
      name: "restic, mounted files",
      prepare: () => files.mount(),
      run: () => restic("files", MOUNT),
      undo: () => files.unmount(),
    },
    {
      name: "restic --stdin of the device",
      run: () => restic("device", `--stdin --stdin-filename volume <${volume.device}`),
    },
  ];
}

/** What a request for one of our backups in a series says of its repository. */
export function ours(store: Store, series: string) {
  return { repository: store.repository(`${series}/ours`), target: series };
}
