import { execFileSync } from "node:child_process";
import { cpus, loadavg, release } from "node:os";
import { z } from "zod";
import { type LabHost, shOk } from "../lab/index.js";
import type { Machine } from "./outcome.js";

/** This machine and a host. */
export async function describeMachine(host: LabHost): Promise<Machine> {
  const text = await shOk(
    host,
    `. /etc/os-release
echo "$PRETTY_NAME"
uname -r
nproc
awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo
lvm version | awk '/LVM version/ { print $3 }'
restic version | awk '{ print $2 }'`,
  );
  const lines = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string()]);
  const [name, kernel, cores, memoryMiB, lvm, restic] = lines.parse(text.trim().split("\n"));
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? "unknown",
    kernel: release(),
    load: loadavg()[0] ?? Number.NaN,
    host: { release: name, kernel, cores: Number(cores), memoryMiB: Number(memoryMiB), lvm, restic },
  };
}

/** The commit that is checked out in a folder, with `+` when something differs from it; "" when it is not git's. */
export function commitOf(folder: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? "+" : ""}`;
  } catch {
    return "";
  }
}
