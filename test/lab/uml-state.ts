import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { LabDir } from "./lab-dir.js";
import { labHost } from "./lab-host.js";
import { type ProcessGroup, processGroup } from "./process-group.js";
import { readState } from "./read-state.js";

/** A host that the lab runs itself, as it is written down in the lab directory for every process that needs it. */
const umlState = z.strictObject({
  host: labHost,
  namespace: z.string(),
  kernel: z.strictObject({ program: z.string(), args: z.array(z.string()) }),
  memoryMiB: z.int().positive(),
  /** Where the memory file is made; it is unlinked at once and lives as long as the processes. */
  memoryDir: z.string(),
  umlDir: z.string(),
  tap: z.string(),
  /** The same at each start: others would send to the old one for seconds. */
  mac: z.string(),
  /** Image files in the order of the devices: ubda is the root disk. */
  disks: z.array(z.string()).min(1),
  console: z.string(),
  /** Missing while the host is off. */
  group: processGroup.optional(),
});
export type UmlState = z.infer<typeof umlState>;

/** Reads a host's state; undefined when the lab does not run that host itself. */
export function readUmlState(dir: LabDir, name: string): UmlState | undefined {
  return readState(stateFile(dir, name), umlState);
}

/** Replaces a host's state as a whole, so that a reader never sees half of it. */
export function writeUmlState(dir: LabDir, state: UmlState): void {
  const file = stateFile(dir, state.host.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

/** The process groups of all hosts that the lab may be running, whatever version of it wrote them down. */
export function readUmlGroups(dir: LabDir): ProcessGroup[] {
  return stateFiles(dir).flatMap(
    (file) => readState(file, z.looseObject({ group: processGroup.optional() }))?.group ?? [],
  );
}

/** All hosts that the lab runs itself, by name. */
export function readUmlStates(dir: LabDir): UmlState[] {
  return stateFiles(dir).flatMap((file) => readState(file, umlState) ?? []);
}

function stateFiles(dir: LabDir): string[] {
  if (!existsSync(dir.hosts)) return [];
  const names = readdirSync(dir.hosts).filter((file) => file.endsWith(".json"));
  return names.sort().map((file) => join(dir.hosts, file));
}

function stateFile(dir: LabDir, name: string): string {
  return join(dir.hosts, `${name}.json`);
}
