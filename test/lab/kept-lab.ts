import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { type LabState, readLabState } from "./lab-state.js";
import { startServer } from "./s3-server.js";
import { sh } from "./sh.js";
import { stopLab } from "./stop-lab.js";
import { isUmlOn } from "./uml-host.js";

/**
 * The lab that an earlier command left running on purpose. What is left of any other is stopped: one whose command was
 * killed, or one with a host that does not answer.
 * @param hosts How many hosts it has to have.
 * @throws {LabError} If it is healthy and has fewer.
 */
export async function keptLab(dir: LabDir, hosts: number): Promise<LabState | undefined> {
  const state = readLabState(dir);
  if (!state) return undefined;
  if (!state.keep || !(await isHealthy(dir, state))) {
    await stopLab(dir);
    return undefined;
  }
  if (state.hosts.length >= hosts) {
    // A test that was interrupted may have left one off.
    await Promise.all(state.s3.map(({ name }) => startServer(dir, name)));
    return state;
  }
  throw new LabError(
    `Cannot use the lab in ${dir.path}: it has ${state.hosts.length} hosts, ${hosts} wanted`,
    "Stop it with npm run lab -- down, or set LAB_DIR to another directory",
  );
}

async function isHealthy(dir: LabDir, { hosts }: LabState): Promise<boolean> {
  if (hosts.length === 0 || !hosts.every((host) => isUmlOn(dir, host.name))) return false;
  const answers = await Promise.all(hosts.map((host) => sh(host, "true", { timeoutMs: 30_000 })));
  return answers.every(({ code }) => code === 0);
}
