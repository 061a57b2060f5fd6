import { renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { labHost } from "./lab-host.js";
import { labS3Server } from "./lab-s3.js";
import { readState } from "./read-state.js";

/** A lab that was started and not stopped yet. */
const labState = z.strictObject({
  /** Whether it is to outlive the command that started it. */
  keep: z.boolean(),
  /** Empty until all hosts have started. */
  hosts: z.array(labHost),
  /** Empty until all S3 servers have started. */
  s3: z.array(labS3Server),
  /** Directories of the Pulumi CLI for PATH. */
  cli: z.array(z.string()),
});
export type LabState = z.infer<typeof labState>;

export function writeLabState(dir: LabDir, state: LabState): void {
  writeFileSync(`${dir.stateFile}.tmp`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${dir.stateFile}.tmp`, dir.stateFile);
}

/** The lab in the directory; undefined when there is none. */
export function readLabState(dir: LabDir): LabState | undefined {
  return readState(dir.stateFile, labState);
}

/**
 * The lab in the directory.
 * @throws {LabError} If there is none.
 */
export function requireLabState(dir: LabDir): LabState {
  const state = readLabState(dir);
  if (state && state.hosts.length > 0) return state;
  throw new LabError(`Cannot find a running lab in ${dir.path}`, "Start one: npm run lab -- up");
}
