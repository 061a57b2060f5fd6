import { z } from "zod";
import { formatSize } from "../../model/size.js";

const progressLine = z.object({
  progress: z.object({ phase: z.string(), bytesDone: z.number(), bytesTotal: z.number() }),
});

/** How far a run of the backup program is: bytes are 0 for a phase that is not counted in bytes. */
export type BackupProgress = z.output<typeof progressLine>["progress"];

/** Reads a line of the backup program's output, and hands on what it says of its progress. */
export function readProgress(line: string, onProgress: (progress: BackupProgress) => void): void {
  const progress = parseProgress(line);
  if (progress !== undefined) onProgress(progress);
}

/** The progress in a line of JSON; undefined for any other line. */
function parseProgress(line: string): BackupProgress | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return progressLine.safeParse(JSON.parse(line)).data?.progress;
  } catch {
    return undefined;
  }
}

const warningLine = z.object({ outcome: z.object({ warnings: z.array(z.string()) }) });

/** The warnings in the line of JSON that ends a run; none in any other line. */
function parseWarnings(line: string): string[] {
  if (!line.startsWith('{"outcome"')) return [];
  try {
    return warningLine.safeParse(JSON.parse(line)).data?.outcome.warnings ?? [];
  } catch {
    return [];
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
    for (const warning of parseWarnings(line)) console.error(`${title}: warning: ${warning}`);
    readProgress(line, ({ phase, bytesDone, bytesTotal }) => {
      if (Date.now() < next) return;
      next = Date.now() + INTERVAL_MS;
      console.error(
        `${title}: ${phase}${bytesTotal === 0 ? "" : `, ${formatSize(bytesDone)} of ${formatSize(bytesTotal)}`}`,
      );
    });
  };
}
