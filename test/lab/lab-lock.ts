import { mkdirSync, statSync } from "node:fs";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { lockHolder, tryLock, type Unlock } from "./lock.js";

/**
 * Makes the lab directory and takes the lab for this process: one command at a time starts, uses or stops it.
 * @throws {LabError} If another command has it, or the directory is somebody else's.
 */
export async function lockLab(dir: LabDir): Promise<Unlock> {
  mkdirSync(dir.path, { recursive: true, mode: 0o700 });
  if (statSync(dir.path).uid !== process.getuid?.()) {
    throw new LabError(
      `Cannot use lab directory ${dir.path}: it belongs to another user`,
      "Set LAB_DIR to another directory",
    );
  }
  const unlock = await tryLock(dir.lockFile);
  if (unlock) return unlock;
  throw new LabError(
    `Cannot use the lab in ${dir.path}: process ${lockHolder(dir.lockFile)} uses it`,
    "Wait for that process or end it, or set LAB_DIR to another directory",
  );
}
