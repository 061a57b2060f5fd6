import { createHash } from "node:crypto";

const NEWLINE = 0x0a;

/** One line of a log. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** SHA-256 of its bytes without the newline, in hex. */
  readonly hash: string;
  /** The object that it holds; undefined when a power failure cut it short. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** Splits a log at its newlines. Works on bytes: what a torn line holds need not be text, and its hash counts all the same. */
export function logLines(bytes: Buffer): LogLine[] {
  const lines: LogLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    const hash = createHash("sha256").update(line).digest("hex");
    lines.push({ number: lines.length + 1, hash, value: parseObject(line.toString("utf8")) });
    start = end + 1;
  }
  return lines;
}

/** The object in a line; undefined for anything else. A line that was cut short never is one: its last byte is the brace. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
