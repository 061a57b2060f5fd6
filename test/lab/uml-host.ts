import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inNamespace } from "./in-namespace.js";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { identifyGroup, isLeaderAlive, killGroup, signalLeader } from "./process-group.js";
import { lastLines } from "./run-program.js";
import { readUmlState, type UmlState, writeUmlState } from "./uml-state.js";

/**
 * Switches a host on: one User-mode Linux kernel, in a process group of its own that outlives this process. Returns when
 * it was started; `waitForSsh` tells when it is up. A host that is on stays as it is.
 */
export function startUml(dir: LabDir, name: string): void {
  const state = stateOf(dir, name);
  if (state.group && isLeaderAlive(state.group)) return;
  mkdirSync(state.umlDir, { recursive: true });
  // What a killed kernel left there; it would be taken for a running one's.
  rmSync(join(state.umlDir, name), { recursive: true, force: true });
  const [program = "", ...args] = inNamespace(state.namespace, [state.kernel.program, ...kernelArguments(state)]);
  const console = openSync(state.console, "a");
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", console, console],
      env: { PATH: process.env["PATH"] ?? "", TMPDIR: state.memoryDir, HOME: dir.path },
    });
    child.on("error", () => undefined);
    child.unref();
    const group = child.pid === undefined ? undefined : identifyGroup(child.pid);
    if (!group) throw notStarted(state);
    writeUmlState(dir, { ...state, group });
  } finally {
    closeSync(console);
  }
}

/** Switches a host off as a power cut does: what the guest had not written to its disks is lost. */
export async function killUml(dir: LabDir, name: string): Promise<void> {
  const { group, ...off } = stateOf(dir, name);
  if (!group) return;
  await killGroup(group);
  writeUmlState(dir, off);
}

/** Stops a host's kernel, and with it all that runs on the host, or lets it go on. */
export function signalUml(dir: LabDir, name: string, signal: "SIGSTOP" | "SIGCONT"): void {
  const { group } = stateOf(dir, name);
  if (!group || !isLeaderAlive(group)) {
    throw new LabError(`Cannot send ${signal} to host "${name}": it is off`, "Start it with startHost()");
  }
  // The leader alone: it is the kernel, and takes an unexpected stop of a process that it traces for a crash.
  signalLeader(group, signal);
}

/**
 * Tells whether the host's kernel runs.
 * @throws {LabError} If the lab does not run such a host itself.
 */
export function isUmlOn(dir: LabDir, name: string): boolean {
  const { group } = stateOf(dir, name);
  return group !== undefined && isLeaderAlive(group);
}

function stateOf(dir: LabDir, name: string): UmlState {
  const state = readUmlState(dir, name);
  if (!state) throw new LabError(`Cannot find host "${name}" in the lab at ${dir.path}`, "See npm run lab -- status");
  return state;
}

function kernelArguments(state: UmlState): string[] {
  const letters = "abcdefgh";
  return [
    ...state.kernel.args,
    `mem=${state.memoryMiB}M`,
    `umid=${state.host.name}`,
    `uml_dir=${state.umlDir}`,
    ...state.disks.map((file, index) => `ubd${letters[index]}=${file}`),
    "root=/dev/ubda",
    "rw",
    "con=null",
    "con0=null,fd:1",
    "ssl=null",
    `vec0:transport=tap,ifname=${state.tap},mac=${state.mac},depth=128,gro=1`,
  ];
}

function notStarted(state: UmlState): LabError {
  return new LabError(
    `Cannot start host "${state.host.name}": its kernel ended at once\n${lastLines(state.console, 15)}`,
    `The whole console is ${state.console}`,
  );
}
