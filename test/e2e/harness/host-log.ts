import { createHash } from "node:crypto";
import { type LabHost, shOk } from "../../lab/index.js";

const FILE = "/var/lib/pulumi-lvm/events.jsonl";

/** An entry of a host's log as it stands there. */
export interface Entry {
  readonly [member: string]: unknown;
  readonly action: string;
  readonly outcome: string;
  readonly prev: string;
}

/** The lines of a host's event log, read past the code under test. */
export async function logLines(host: LabHost): Promise<string[]> {
  return (await shOk(host, `cat ${FILE}`)).split("\n").slice(0, -1);
}

/** The entries of a host's event log, read past the code under test. */
export async function logEntries(host: LabHost): Promise<Entry[]> {
  return (await logLines(host)).map((line) => JSON.parse(line) as Entry);
}

/** Puts other lines in place of a host's event log, as somebody with root there could. */
export async function writeLog(host: LabHost, lines: readonly string[]): Promise<void> {
  await shOk(host, `cat >${FILE}`, { input: lines.map((line) => `${line}\n`).join("") });
}

export function hashOf(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}

/** The lines with each chained anew to the one before it, as somebody who knows the format would write them. */
export function rechained(lines: readonly string[]): string[] {
  const made: string[] = [];
  for (const line of lines) {
    const before = made.at(-1);
    const prev = before === undefined ? "0".repeat(64) : hashOf(before);
    made.push(JSON.stringify({ ...(JSON.parse(line) as Entry), prev }));
  }
  return made;
}
