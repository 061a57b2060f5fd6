import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { LabError } from "./lab-error.js";

/** Gives a held lock back. */
export type Unlock = () => void;

/** Takes an exclusive lock on a file, or gives undefined when another process holds it. */
export function tryLock(file: string): Promise<Unlock | undefined> {
  return flock(file, ["--nonblock"]);
}

/** Takes an exclusive lock on a file, however long another process holds it. */
export async function waitForLock(file: string, signal: AbortSignal): Promise<Unlock> {
  const unlock = await flock(file, [], signal);
  if (!unlock) throw new LabError(`Cannot lock "${file}"`, "Try again");
  return unlock;
}

/** Process id of the latest holder of a lock. */
export function lockHolder(file: string): string {
  return readFileSync(file, "utf8").trim();
}

/**
 * The kernel drops the lock when this process ends, however it ends: flock(1) holds it in a helper that lives as long as
 * the pipe to it.
 */
async function flock(file: string, mode: readonly string[], signal?: AbortSignal): Promise<Unlock | undefined> {
  mkdirSync(dirname(file), { recursive: true });
  const busy = 75;
  const options = ["--exclusive", "--conflict-exit-code", String(busy), ...mode];
  const holder = spawn("flock", [...options, file, "sh", "-c", "echo; cat"], {
    // Not in the terminal's group: Ctrl-C must not drop the lock before the lab is stopped.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const giveUp = () => holder.kill();
  signal?.addEventListener("abort", giveUp);
  try {
    const isHeld = await new Promise<boolean>((resolve, reject) => {
      holder.stdout.once("data", () => resolve(true));
      holder.once("error", (cause) => reject(new LabError("Cannot run flock", "Install util-linux", { cause })));
      holder.once("exit", (code) => {
        if (code === busy) resolve(false);
        else if (signal?.aborted) reject(signal.reason);
        else reject(new LabError(`Cannot lock "${file}": flock ended with ${code}`, "See the line above"));
      });
    });
    if (!isHeld) return undefined;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
  writeFileSync(file, `${process.pid}\n`);
  holder.unref();
  return () => void holder.stdin.end();
}
