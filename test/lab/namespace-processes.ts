import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabDir } from "./lab-dir.js";
import { namespaceFile } from "./network.js";

/**
 * Ends all processes in the lab's network namespace: only what the lab started can be in it. SIGTERM first, SIGKILL
 * after 5 s. It catches what left the process group of the command, as plugins of the Pulumi CLI do.
 */
export async function endNamespaceProcesses(dir: LabDir): Promise<void> {
  const file = namespaceFile(dir.namespace);
  if (!existsSync(file)) return;
  const link = `net:[${statSync(file).ino}]`;
  const deadline = performance.now() + 5_000;
  signalAll(link, "SIGTERM");
  while (processesIn(link).length > 0) {
    if (performance.now() > deadline) signalAll(link, "SIGKILL");
    if (performance.now() > deadline + 20_000) return;
    await sleep(50);
  }
}

function signalAll(link: string, signal: NodeJS.Signals): void {
  for (const pid of processesIn(link)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function processesIn(link: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && namespaceOf(pid) === link);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // It has ended; a zombie has no namespace either.
    return undefined;
  }
}
