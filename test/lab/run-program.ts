import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { LabError } from "./lab-error.js";
import { identifyGroup, killGroup, type ProcessGroup, signalGroup } from "./process-group.js";

export interface RunOptions {
  /** Gets the program's stderr, and its stdout too; appended to. */
  logFile: string;
  /** Ends the program with SIGTERM, and after 10 s with SIGKILL. */
  signal: AbortSignal;
  cwd?: string;
  /** Added to the lab's own environment. */
  env?: Record<string, string>;
  /** Text for the program's stdin; without it stdin is empty. */
  input?: string;
}

/**
 * Runs a program to its end, in a process group of its own, and returns its stdout.
 * @throws {LabError} If it cannot be started or exits with another status than 0; the last lines of the log are in the message.
 */
export async function runProgram(argv: readonly string[], options: RunOptions): Promise<string> {
  options.signal.throwIfAborted();
  const [program = "", ...args] = argv;
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a");
  writeSync(log, `+ ${argv.join(" ")}\n`);
  try {
    return await new Promise<string>((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        detached: true,
        stdio: ["pipe", "pipe", log],
      });
      const group = child.pid === undefined ? undefined : identifyGroup(child.pid);
      const stop = () => group && void stopGroup(group);
      options.signal.addEventListener("abort", stop);
      let stdout = "";
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        stdout += chunk;
        writeSync(log, chunk);
      });
      // A program that ends without reading its input is judged by its exit status alone.
      child.stdin?.on("error", () => undefined).end(options.input ?? "");
      child.on("error", (cause) => {
        options.signal.removeEventListener("abort", stop);
        reject(new LabError(`Cannot start "${program}": ${cause.message}`, "Install it, or add it to PATH", { cause }));
      });
      child.on("close", (code, signal) => {
        options.signal.removeEventListener("abort", stop);
        if (code === 0) resolve(stdout);
        else if (options.signal.aborted) reject(options.signal.reason);
        else reject(failure(argv, code ?? signal, options.logFile));
      });
    });
  } finally {
    closeSync(log);
  }
}

/** Asks a group to end and insists after 10 s. */
async function stopGroup(group: ProcessGroup): Promise<void> {
  signalGroup(group, "SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 10_000).unref());
  await killGroup(group);
}

function failure(argv: readonly string[], end: number | string | null, logFile: string): LabError {
  const shown = argv.slice(0, 4).join(" ") + (argv.length > 4 ? " …" : "");
  return new LabError(
    `Cannot run "${shown}": it ended with ${end}\n${lastLines(logFile, 15)}`,
    `The whole log is ${logFile}`,
  );
}

/** The last lines of a text file, each set in by two spaces; empty when there is no such file. */
export function lastLines(file: string, count: number): string {
  try {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    return lines
      .slice(-count)
      .map((line) => `  ${line}`)
      .join("\n");
  } catch {
    return "";
  }
}
