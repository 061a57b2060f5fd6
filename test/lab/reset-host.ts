import { appendFileSync, closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { powerCut, startHost } from "./host-power.js";
import { labDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import type { LabHost } from "./lab-host.js";
import { sh } from "./sh.js";
import { isUmlOn, signalUml } from "./uml-host.js";
import { readUmlState } from "./uml-state.js";

const script = readFileSync(join(__dirname, "reset-host.sh"), "utf8");

/**
 * Brings a host back to nothing of ours: its disks are empty and what the package installs is gone. A host that is off is
 * started, a frozen one goes on. A host of the lab whose disks cannot be freed has its power cut and gets empty disks.
 * @returns What was found, one line each; it is in `logs/reset.log` of the lab directory too.
 * @throws {LabError} If a real machine's disks cannot be freed.
 */
export async function resetHost(host: LabHost): Promise<string[]> {
  const uml = readUmlState(labDir(), host.name);
  if (!uml) return log(host, await wipe(host));
  if (isUmlOn(labDir(), host.name)) signalUml(labDir(), host.name, "SIGCONT");
  else await startHost(host);
  const found = await wipe(host).catch(async (cause: unknown) => {
    if (!(cause instanceof LabError)) throw cause;
    await powerCut(host);
    emptyFiles(uml.disks.slice(1));
    await startHost(host);
    return [`power cut: ${cause.message}`, ...(await wipe(host))];
  });
  // wipefs leaves what it does not know; a volume that is made at the same place later would show it.
  emptyFiles(uml.disks.slice(1));
  return log(host, found);
}

async function wipe(host: LabHost): Promise<string[]> {
  const { stdout, stderr, code } = await sh(host, `DISKS='${host.disks.join(" ")}'\n${script}`);
  if (code === 0) return stdout.split("\n").filter((line) => line !== "");
  throw new LabError(
    `Cannot reset host "${host.name}": exit status ${code}\n${stdout}${stderr}`,
    "Free its disks by hand",
  );
}

function log(host: LabHost, found: string[]): string[] {
  const { logs } = labDir();
  mkdirSync(logs, { recursive: true });
  appendFileSync(
    join(logs, "reset.log"),
    `${new Date().toISOString()} ${host.name}: ${found.join(", ") || "nothing"}\n`,
  );
  return found;
}

/** Makes image files read as zeros, without the time that a discard takes in the guest. Nothing may have the disks open. */
function emptyFiles(files: readonly string[]): void {
  for (const file of files) {
    const descriptor = openSync(file, "r+");
    const { size } = fstatSync(descriptor);
    ftruncateSync(descriptor, 0);
    ftruncateSync(descriptor, size);
    closeSync(descriptor);
  }
}
