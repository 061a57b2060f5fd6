import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabDir } from "./lab-dir.js";
import { labS3Server } from "./lab-s3.js";
import { type ProcessGroup, processGroup } from "./process-group.js";
import { readState } from "./read-state.js";

/** An S3 server of the lab, as it is written down in the lab directory for every process that needs it. */
export const s3State = z.strictObject({
  server: labS3Server,
  namespace: z.string(),
  /** Path of versitygw. */
  gateway: z.string(),
  /** What the server keeps: objects, versions, IAM, bucket settings. */
  data: z.string(),
  /** Certificate of the server and its key, PEM files. */
  certificate: z.string(),
  key: z.string(),
  log: z.string(),
  /** Missing while the server is off. */
  group: processGroup.optional(),
});
export type S3State = z.infer<typeof s3State>;

/** Reads a server's state; undefined when the lab has no such server. */
export function readS3State(dir: LabDir, name: string): S3State | undefined {
  return readState(s3StateFile(dir, name), s3State);
}

/** Replaces a server's state as a whole, so that a reader never sees half of it. */
export function writeS3State(dir: LabDir, state: S3State): void {
  const file = s3StateFile(dir, state.server.name);
  mkdirSync(dir.s3, { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}

/** All servers of the lab, by name. */
export function readS3States(dir: LabDir): S3State[] {
  return stateFiles(dir).flatMap((file) => readState(file, s3State) ?? []);
}

/** The process groups of all servers that the lab may be running, whatever version of it wrote them down. */
export function readS3Groups(dir: LabDir): ProcessGroup[] {
  return stateFiles(dir).flatMap(
    (file) => readState(file, z.looseObject({ group: processGroup.optional() }))?.group ?? [],
  );
}

/** The file that a server makes when it answers. */
export function readyFile({ data }: S3State): string {
  return join(data, "ready");
}

/** File of a server's state. */
export function s3StateFile(dir: LabDir, name: string): string {
  return join(dir.s3, `${name}.json`);
}

function stateFiles(dir: LabDir): string[] {
  if (!existsSync(dir.s3)) return [];
  const names = readdirSync(dir.s3).filter((file) => file.endsWith(".json"));
  return names.sort().map((file) => join(dir.s3, file));
}
