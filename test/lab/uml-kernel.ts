import { readdirSync } from "node:fs";
import { LabError } from "./lab-error.js";
import { type KernelRequest, newestKernel } from "./newest-kernel.js";
import { say } from "./progress.js";

/** A kernel that hosts run on. */
export interface UmlKernel {
  program: string;
  /** Words of its command line that are the same for every host. */
  args: string[];
  /** As `uname -r` says it. */
  version: string;
  /** Directory `lib/modules` that holds its modules, in one named after the version. */
  modulesDir: string;
}

/**
 * The kernel of the lab's hosts: the newest one that there is in Debian, whatever release runs here, or this machine's
 * own, with a line that says why, when that one cannot be had or does not boot.
 */
export async function umlKernel(request: KernelRequest): Promise<UmlKernel> {
  try {
    return await newestKernel(request);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof LabError)) throw error;
    const own = ownKernel();
    const [why] = error.message.split("\n");
    say(`hosts run this machine's own kernel ${own.version}, at half the speed of a newer one: ${why}`);
    return own;
  }
}

function ownKernel(): UmlKernel {
  const modulesDir = "/usr/lib/uml/modules";
  const [version] = readdirSync(modulesDir).sort().reverse();
  if (!version) {
    throw new LabError(
      `Cannot find kernel modules in ${modulesDir}`,
      "Install the Debian package user-mode-linux again",
    );
  }
  return { program: "linux.uml", args: [], version, modulesDir };
}
