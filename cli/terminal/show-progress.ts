import { SingleBar } from "cli-progress";
import type { BackupProgress } from "../../provider/hosts/backups/progress.js";
import { formatSize } from "../../provider/model/size.js";

/** Without a terminal a line is printed this often, in milliseconds. */
const LINE_MS = 10_000;

/** Runs long work and shows how far it is on stderr; not at all when the output is for a program. */
export async function showProgress<T>(
  isQuiet: boolean,
  work: (onProgress: (progress: BackupProgress) => void) => Promise<T>,
): Promise<T> {
  if (isQuiet) return work(() => {});
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{phase} [{bar}] {percentage}% {done}",
    noTTYOutput: true,
    notTTYSchedule: LINE_MS,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(1, 0, { phase: "connect", done: "" });
  try {
    return await work(({ phase, bytesDone, bytesTotal }) => {
      bar.setTotal(Math.max(1, bytesTotal));
      bar.update(bytesDone, {
        phase,
        done: bytesTotal === 0 ? "" : `${formatSize(bytesDone)} of ${formatSize(bytesTotal)}`,
      });
    });
  } finally {
    bar.stop();
  }
}
