import { z } from "zod";
import { formatSize } from "../../model/size.js";

const progress = z.object({ phase: z.string(), bytesDone: z.number(), bytesTotal: z.number() });

/** How far a run of the backup program is: bytes are 0 for a phase that is not counted in bytes. */
export type BackupProgress = z.output<typeof progress>;

/** What is told of a line of the program's output: how far it is, or in its last one, of what it warns. */
const programLine = z.object({
  progress: progress.optional(),
  outcome: z.object({ warnings: z.array(z.string()).default([]) }).optional(),
});

/** Reads a line of the backup program's output, and hands on what it says of its progress. */
export function readProgress(line: string, onProgress: (progress: BackupProgress) => void): void {
  const { progress } = parseLine(line);
  if (progress !== undefined) onProgress(progress);
}

/** Nothing for a line of any other form. */
function parseLine(line: string): z.output<typeof programLine> {
  if (!line.startsWith("{")) return {};
  try {
    return programLine.safeParse(JSON.parse(line)).data ?? {};
  } catch {
    return {};
  }
}

/** How often a deployment says how far it is, in milliseconds. */
const INTERVAL_MS = 15_000;

/**
 * Tells now and then how far a run is, and of what it warns, on stderr: Pulumi shows that while a resource is being made.
 * @param title What is done, such as `Backup of volume "fast/data"`.
 * @returns Takes the lines of the program's output.
 */
export function tellProgress(title: string): (line: string) => void {
  let next = Date.now() + INTERVAL_MS;
  return (line) => {
    const { progress, outcome } = parseLine(line);
    for (const warning of outcome?.warnings ?? []) console.error(`${title}: warning: ${warning}`);
    if (progress === undefined || Date.now() < next) return;
    next = Date.now() + INTERVAL_MS;
    const { phase, bytesDone, bytesTotal } = progress;
    console.error(
      `${title}: ${phase}${bytesTotal === 0 ? "" : `, ${formatSize(bytesDone)} of ${formatSize(bytesTotal)}`}`,
    );
  };
}
