import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inNamespace } from "./in-namespace.js";
import { type LabDir, labDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import type { LabS3 } from "./lab-s3.js";
import { identifyGroup, isLeaderAlive, killGroup } from "./process-group.js";
import { lastLines } from "./run-program.js";
import { readS3State, readyFile, type S3State, s3StateFile, writeS3State } from "./s3-state.js";

const repository = dirname(dirname(__dirname));

/** Takes an S3 server away at once: connections are cut, later ones refused. What it has stored stays. */
export async function stopS3(server: LabS3): Promise<void> {
  const dir = labDir();
  const { group, ...off } = stateOf(dir, server.name);
  if (!group) return;
  await killGroup(group);
  rmSync(readyFile(off), { force: true });
  writeS3State(dir, off);
}

/** Starts an S3 server again, with all that it has stored, and waits until it answers. One that is on stays as it is. */
export async function startS3(server: LabS3): Promise<void> {
  await startServer(labDir(), server.name);
}

/**
 * Starts a server whose state is written: a process group of its own that outlives this process.
 * @throws {LabError} If it ends, or does not answer within 30 s.
 */
export async function startServer(dir: LabDir, name: string, signal?: AbortSignal): Promise<void> {
  const { group: earlier, ...off } = stateOf(dir, name);
  if (earlier && isLeaderAlive(earlier)) return;
  // What a leader that died on its own left behind.
  if (earlier) await killGroup(earlier);
  rmSync(readyFile(off), { force: true });
  const node = [process.execPath, "--import", "tsx", join(__dirname, "s3-process.ts"), s3StateFile(dir, name)];
  const [program = "", ...args] = inNamespace(off.namespace, node);
  const log = openSync(off.log, "a");
  try {
    const child = spawn(program, args, { detached: true, stdio: ["ignore", log, log], cwd: repository });
    child.on("error", () => undefined);
    child.unref();
    const group = child.pid === undefined ? undefined : identifyGroup(child.pid);
    if (!group) throw notStarted(off);
    writeS3State(dir, { ...off, group });
    for (const deadline = performance.now() + 30_000; !existsSync(readyFile(off)); await sleep(20)) {
      signal?.throwIfAborted();
      if (!isLeaderAlive(group) || performance.now() > deadline) throw notStarted(off);
    }
  } finally {
    closeSync(log);
  }
}

/** Tells whether a server runs and answers. */
export function isServerOn(state: S3State): boolean {
  return state.group !== undefined && isLeaderAlive(state.group) && existsSync(readyFile(state));
}

function stateOf(dir: LabDir, name: string): S3State {
  const state = readS3State(dir, name);
  if (!state)
    throw new LabError(`Cannot find S3 server "${name}" in the lab at ${dir.path}`, "See npm run lab -- status");
  return state;
}

function notStarted(state: S3State): LabError {
  return new LabError(
    `Cannot start S3 server "${state.server.name}": it ended, or did not answer within 30 s\n${lastLines(state.log, 15)}`,
    `The whole log is ${state.log}`,
  );
}
