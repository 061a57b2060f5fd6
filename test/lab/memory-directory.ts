import { existsSync, statfsSync } from "node:fs";

/**
 * Where a guest's memory is to be, which is a file: on a tmpfs where there is one with room, for a disk would have to
 * keep up with it.
 */
export function memoryDirectory(neededMiB: number, otherwise: string): string {
  const shared = "/dev/shm";
  if (!existsSync(shared)) return otherwise;
  const { bavail, bsize } = statfsSync(shared);
  return bavail * bsize > neededMiB * 1024 ** 2 ? shared : otherwise;
}
