import { eventSchema, type LogEvent } from "./event.js";
import type { Anchor, BrokenEntry, EventLog } from "./event-log.js";
import { logLines } from "./log-line.js";
import { firstBroken } from "./verify-chain.js";

/**
 * Reads a log and verifies it: each line names the SHA-256 of the line before, and each anchor is the hash of a line.
 * The chain alone proves that the lines belong together; the anchors, which are kept elsewhere, prove that they are the lines that
 * were written. So what follows the last anchor is only as good as the host: its end can be cut off, and its last line changed.
 * @param bytes The log as it is on the host's disk.
 */
export function verifyLog(bytes: Buffer, anchors: readonly Anchor[]): Omit<EventLog, "host"> {
  const lines = logLines(bytes);
  const whole = lines.filter(({ value }) => value !== undefined);
  const parsed = whole.map((line) => ({ line, event: eventSchema.safeParse(line.value) }));
  const hashes = new Set(lines.map(({ hash }) => hash));
  const unfit = parsed.find(({ event }) => !event.success)?.line.number;
  return {
    events: parsed.flatMap(({ line: { hash, number }, event }): LogEvent[] =>
      event.success ? [{ ...event.data, hash, line: number }] : [],
    ),
    torn: lines.filter(({ value }) => value === undefined).map(({ number }) => number),
    broken: earlier(
      firstBroken(lines),
      unfit === undefined ? undefined : { line: unfit, reason: "it is not an event that this release knows" },
    ),
    missingAnchors: anchors.filter(({ hash }) => !hashes.has(hash)),
  };
}

function earlier(one: BrokenEntry | undefined, other: BrokenEntry | undefined): BrokenEntry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.line < one.line ? other : one;
}
