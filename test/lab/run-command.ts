import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { inNamespace } from "./in-namespace.js";
import { Interruption } from "./interruption.js";
import { LabError } from "./lab-error.js";
import { identifyGroup, killGroup, signalGroup } from "./process-group.js";

export interface CommandRequest {
  namespace: string;
  command: readonly string[];
  /** Added to this process's own environment. */
  env: Record<string, string>;
  /**
   * Given, the command gets a process group of its own: an interruption is passed on to the group, which has 30 s to end,
   * and what the command leaves running in it is killed. Else it shares the terminal's group, as a shell has to.
   */
  interrupt?: AbortSignal;
}

/** Runs a command in the lab, with this process's stdin, stdout and stderr, and returns its exit status as a shell gives it. */
export async function runCommand({ namespace, command, env, interrupt }: CommandRequest): Promise<number> {
  interrupt?.throwIfAborted();
  const [program = "", ...args] = inNamespace(namespace, command);
  const child = spawn(program, args, {
    detached: interrupt !== undefined,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  const end = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => {
      reject(
        new LabError(`Cannot start "${command[0]}": ${cause.message}`, "Name a program that is on PATH", { cause }),
      );
    });
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  return interrupt ? supervise(child, end, interrupt) : accompany(child, end);
}

async function supervise(child: ChildProcess, end: Promise<number>, interrupt: AbortSignal): Promise<number> {
  const group = child.pid === undefined ? undefined : identifyGroup(child.pid);
  const passOn = () => {
    if (!group) return;
    signalGroup(group, interrupt.reason instanceof Interruption ? interrupt.reason.signal : "SIGTERM");
    setTimeout(() => void killGroup(group), 30_000).unref();
  };
  interrupt.addEventListener("abort", passOn);
  try {
    return await end;
  } finally {
    interrupt.removeEventListener("abort", passOn);
    if (group) await killGroup(group);
  }
}

/** The terminal sends Ctrl-C to the command too: this process waits for what the command makes of it. */
async function accompany(child: ChildProcess, end: Promise<number>): Promise<number> {
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return end;
}
