import { createHash } from "node:crypto";

const NO_LINE = "0".repeat(64);

/** The hash of a line, as events.sh makes it. */
export function hashOf(line: string | Buffer): string {
  return createHash("sha256").update(line).digest("hex");
}

/** Members of an event, as events.sh writes them. */
export function members(action: string, outcome = "done"): Record<string, unknown> {
  return {
    time: "2026-11-23T08:55:49Z",
    action,
    outcome,
    volume: "407d3f82-0bda-4914-a997-6788301d5b5d",
    logicalVolume: "fast/data",
    uuid: "0ij1I6-ZAYl-CXt2-3STb-wvaN-pP8c-i5Sal7",
    owner: "organization/shop/prod/volume/data",
    actor: { user: "root@ci", stack: "organization/shop/prod" },
  };
}

/** Appends one event to the lines of a log. */
export function append(lines: readonly string[], event: Record<string, unknown>): string[] {
  const prev = lines.length === 0 ? NO_LINE : hashOf(lines.at(-1) as string);
  return [...lines, JSON.stringify({ ...event, prev })];
}

/** The lines of a log whose chain holds. */
export function chain(...actions: readonly string[]): string[] {
  return actions.reduce<string[]>((lines, action) => append(lines, members(action)), []);
}

/** The lines as a file. */
export function fileOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
