import type { BrokenEntry } from "./event-log.js";
import type { LogLine } from "./log-line.js";

/** What the first line of a log names as the hash of the line before. */
const NO_LINE = "0".repeat(64);

/**
 * The first line that does not follow the one before; undefined when all do. A torn line names none, so the line after it names
 * two: the torn one, and the last whole one before it (events.sh).
 */
export function firstBroken(lines: readonly LogLine[]): BrokenEntry | undefined {
  let lastWhole = NO_LINE;
  for (const [index, line] of lines.entries()) {
    if (line.value === undefined) continue;
    const { prev, lastWhole: named } = line.value;
    const before = lines[index - 1];
    if (prev !== (before?.hash ?? NO_LINE)) return describeBreak(lines, line, prev);
    if (before !== undefined && before.value === undefined && named !== lastWhole) {
      return {
        line: line.number,
        reason: `it does not name the last whole entry before line ${before.number}, which is cut short: entries before that were changed or removed`,
      };
    }
    lastWhole = line.hash;
  }
  return undefined;
}

/** What can be told from the hash that a line names instead of that of the line before. */
function describeBreak(lines: readonly LogLine[], line: LogLine, prev: unknown): BrokenEntry {
  const { number } = line;
  const before = number - 1;
  if (typeof prev !== "string") return { line: number, reason: "it does not name the entry before it" };
  const named = prev === NO_LINE ? 0 : lines.find(({ hash }) => hash === prev)?.number;
  if (named !== undefined && named >= number) {
    return { line: number, reason: `it names line ${named} as the entry before it: entries changed places` };
  }
  if (lines[number]?.value?.["prev"] === (lines[before - 1]?.hash ?? NO_LINE)) {
    return putIn(number, number, number + 1, before);
  }
  if (named !== undefined) return putIn(named + 1, before, number, named);
  const reason =
    before === 0
      ? "it names an entry before it, and there is none: entries before it were removed"
      : `it does not name line ${before} as the entry before it: line ${before} was changed, or entries between the two were removed`;
  return { line: number, reason };
}

/** Line `next` names line `named` as the one before it, so those between the two came from elsewhere. */
function putIn(first: number, last: number, next: number, named: number): BrokenEntry {
  const changedLines = first === last ? `line ${first} was` : `lines ${first} to ${last} were`;
  const before = named === 0 ? "no entry" : `line ${named}`;
  return { line: first, reason: `line ${next} names ${before} as the one before it: ${changedLines} put in` };
}
