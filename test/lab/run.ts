import { existsSync } from "node:fs";
import { join } from "node:path";
import { labEnvironment } from "./environment.js";
import { isInNamespace } from "./in-namespace.js";
import { keptLab } from "./kept-lab.js";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { type LabHost, labHosts } from "./lab-host.js";
import { lockLab } from "./lab-lock.js";
import { requireLabState } from "./lab-state.js";
import { ensurePrerequisites } from "./prerequisites.js";
import { killGroup } from "./process-group.js";
import { say, sayHowToUse } from "./progress.js";
import { pulumiCli } from "./pulumi-cli.js";
import { runCommand } from "./run-command.js";
import { s3Gateway } from "./s3-gateway.js";
import { readS3Groups } from "./s3-state.js";
import { closeConnections } from "./sh.js";
import { type LabRequest, prepareDirectories, startLab, writeKnownHosts } from "./start-lab.js";
import { addressTowards, startS3Servers } from "./start-s3.js";
import { removeFiles, stopLab } from "./stop-lab.js";

/**
 * Runs a command in a lab that is started for it and stopped after it, and returns the command's exit status. A lab that
 * was left running on purpose is used and left running. LAB_HOSTS, when set, names machines that take the place of hosts.
 */
export async function run(
  dir: LabDir,
  request: LabRequest,
  command: readonly string[],
  interrupt: AbortSignal,
): Promise<number> {
  const inLab = (env: Record<string, string>) => runCommand({ namespace: dir.namespace, command, env, interrupt });
  // From within the lab, as in its shell: whoever started it has the lock.
  if (isInNamespace(dir.namespace)) return inLab(labEnvironment(dir, requireLabState(dir)));
  const unlock = await lockLab(dir);
  try {
    if (process.env["LAB_HOSTS"]) return await runOnMachines(dir, interrupt, inLab);
    const kept = await keptLab(dir, request.hosts);
    if (kept) {
      say(`using the lab that runs in ${dir.path}, and leaving it running`);
      return await inLab(labEnvironment(dir, kept));
    }
    return await runInNewLab(dir, request, interrupt, inLab);
  } finally {
    unlock();
  }
}

type InLab = (env: Record<string, string>) => Promise<number>;

async function runInNewLab(dir: LabDir, request: LabRequest, interrupt: AbortSignal, inLab: InLab): Promise<number> {
  let stays = false;
  try {
    const state = await startLab(dir, request, interrupt);
    const code = await inLab(labEnvironment(dir, state));
    stays = request.keep && !interrupt.aborted;
    return code;
  } finally {
    if (stays) sayHowToUse(dir);
    else await stopLab(dir);
  }
}

async function runOnMachines(dir: LabDir, interrupt: AbortSignal, inLab: InLab): Promise<number> {
  const hosts = labHosts();
  if (existsSync(dir.stateFile)) {
    throw new LabError(
      `Cannot use the machines of LAB_HOSTS: a lab runs in ${dir.path}`,
      "Stop it with npm run lab -- down, or set LAB_DIR to another directory",
    );
  }
  for (const { name, address, disks } of hosts)
    say(`${name} (${address}) is a real machine: tests wipe ${disks.join(", ")}`);
  const logFile = join(dir.logs, "setup.log");
  await ensurePrerequisites(false, logFile, interrupt);
  const cli = await pulumiCli(logFile, interrupt);
  const gateway = await s3Gateway(interrupt);
  prepareDirectories(dir);
  writeKnownHosts(dir, hosts);
  try {
    const address = await addressTowards(hosts[0] as LabHost);
    const s3 = await startS3Servers(dir, { gateway, address, hosts: hosts.length }, interrupt);
    return await inLab(labEnvironment(dir, { keep: false, hosts, s3, cli }));
  } finally {
    await Promise.all(readS3Groups(dir).map((group) => killGroup(group)));
    await Promise.all(hosts.map((host) => closeConnections(host)));
    removeFiles(dir);
  }
}
