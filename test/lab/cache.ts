import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { tryLock, waitForLock } from "./lock.js";
import { say, step } from "./progress.js";

/** What is made once and kept between runs. */
export interface CacheEntry {
  /** Short name; the file's name begins with it. */
  kind: string;
  /** Everything that decides what the entry looks like; another recipe is another entry. */
  recipe: string;
  /** What people read while it is made, with the time to expect. */
  title: string;
  /** Makes the entry at the path it is given; `logFile` is for what the programs say. */
  build: (path: string, logFile: string) => Promise<void>;
}

const unusedDays = 30;

/** The entry's path; makes the entry first when it is not there. Only one process makes it, others wait. */
export async function cached(entry: CacheEntry, signal: AbortSignal): Promise<string> {
  const directory = cacheDir();
  const digest = createHash("sha256").update(entry.recipe).digest("hex").slice(0, 16);
  const path = join(directory, `${entry.kind}-${digest}`);
  mkdirSync(directory, { recursive: true });
  if (!existsSync(path)) {
    const unlock = await lock(join(directory, `${entry.kind}.lock`), entry.title, signal);
    try {
      // Another process may have made it while this one waited.
      if (!existsSync(path)) await make(entry, directory, path);
    } finally {
      unlock();
    }
  }
  const now = new Date();
  utimesSync(path, now, now);
  return path;
}

async function lock(file: string, title: string, signal: AbortSignal) {
  const unlock = await tryLock(file);
  if (unlock) return unlock;
  say(`waiting for another process: ${title}`);
  return waitForLock(file, signal);
}

async function make(entry: CacheEntry, directory: string, path: string): Promise<void> {
  for (const name of readdirSync(directory).filter((each) => !each.endsWith(".lock"))) {
    const file = join(directory, name);
    const ageDays = (Date.now() - statSync(file).mtimeMs) / 86_400_000;
    // What another process was making when it was killed, and what nobody asked for in a long time, of kinds too that are gone.
    const isUnfinished = name.startsWith(`${entry.kind}-`) && name.endsWith(".tmp");
    if (isUnfinished || ageDays > unusedDays) rmSync(file, { recursive: true, force: true });
  }
  const logFile = join(directory, `${entry.kind}.log`);
  rmSync(logFile, { force: true });
  const temporary = `${path}.tmp`;
  try {
    await step(entry.title, () => entry.build(temporary, logFile));
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The directory of what is kept between runs. */
export function cacheDir(): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return process.env["PULUMI_LVM_LAB_CACHE"] || join(base, "pulumi-lvm-lab");
}
