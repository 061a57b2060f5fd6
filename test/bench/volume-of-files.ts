import { readFileSync } from "node:fs";
import { join } from "node:path";
import { closeChannels } from "../../provider/hosts/channels.js";
import { BackupHost, type Volume } from "../host/backup-host.js";
import { type LabHost, shOk } from "../lab/index.js";
import { HOUR_MS } from "./compare.js";

const program = readFileSync(join(__dirname, "write_files.py"), "utf8");

/** Where file systems are mounted, one at a time. */
export const MOUNT = "/mnt/lab-bench";
/** Of the files of a {@link VolumeOfFiles}. */
export const FILES_MIB = 1024;

/** How changed bytes lie: in the first files, or in pieces of 4 KiB over all of them. */
export type Layout = "clustered" | "scattered";

/** What makes an ext4 that writes nothing later by itself, and takes little room in a large volume. */
export function mkfsCommand(device: string): string {
  return `mkfs.ext4 -q -F -i 1048576 -J size=16 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 ${device}`;
}

/** Makes a host anew for volumes, with a thin pool of the size. What this process knew of it is forgotten. */
export async function openHost(host: LabHost, poolSize: string): Promise<BackupHost> {
  await closeChannels();
  const on = new BackupHost(host);
  await on.open(poolSize);
  return on;
}

/** A thin volume with an ext4 of 256 files of random bytes, 4 MiB each. It is mounted only while somebody needs it. */
export class VolumeOfFiles {
  readonly volume: Volume;
  readonly #on: BackupHost;

  private constructor(on: BackupHost, volume: Volume) {
    this.volume = volume;
    this.#on = on;
  }

  /** @param gib Its size; 2 or more. */
  static async make(on: BackupHost, gib: number): Promise<VolumeOfFiles> {
    const made = new VolumeOfFiles(on, await on.volume(`files${gib}`, `${gib}GiB`));
    await on.sh(`mkdir -p ${MOUNT} && ${mkfsCommand(made.volume.device)}`, HOUR_MS);
    await made.write(FILES_MIB, "clustered");
    return made;
  }

  /** Writes over files; see write_files.py. */
  async write(mib: number, layout: Layout): Promise<void> {
    const script = `mount -o noinit_itable ${this.volume.device} ${MOUNT} && python3 - ${MOUNT} ${mib} ${layout} && umount ${MOUNT}`;
    await shOk(this.#on.host, script, { input: program, timeoutMs: HOUR_MS });
  }

  /** For reading: nothing on the volume changes by it. */
  mount(): Promise<string> {
    return this.#on.sh(`mount -o ro,noload ${this.volume.device} ${MOUNT}`);
  }

  unmount(): Promise<string> {
    return this.#on.sh(`umount ${MOUNT}`);
  }
}
