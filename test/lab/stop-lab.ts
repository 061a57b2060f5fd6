import { existsSync, rmSync } from "node:fs";
import type { LabDir } from "./lab-dir.js";
import { endNamespaceProcesses } from "./namespace-processes.js";
import { removeNetwork } from "./network.js";
import { killGroup } from "./process-group.js";
import { say } from "./progress.js";
import { readS3Groups } from "./s3-state.js";
import { readUmlGroups } from "./uml-state.js";

/**
 * Ends the lab in the directory, whatever state it is in: hosts, S3 servers, whatever else runs in its namespace, the namespace, and
 * its files but the logs.
 * @returns Whether there was one.
 */
export async function stopLab(dir: LabDir): Promise<boolean> {
  if (!existsSync(dir.stateFile)) return false;
  say("stopping the lab");
  await Promise.all([...readUmlGroups(dir), ...readS3Groups(dir)].map((group) => killGroup(group)));
  await endNamespaceProcesses(dir);
  await removeNetwork(dir);
  removeFiles(dir);
  // Last, so that a stop which was cut short is done again by the next command.
  rmSync(dir.stateFile, { force: true });
  return true;
}

/** Removes what commands in the lab have left in its directory, and what the lab put there; the logs stay. */
export function removeFiles(dir: LabDir): void {
  const made = [dir.hosts, dir.s3, dir.disks, dir.uml, dir.sockets, dir.knownHosts, dir.backend, dir.pulumiHome];
  for (const path of [...made, dir.privateKey, `${dir.privateKey}.pub`]) rmSync(path, { recursive: true, force: true });
}
