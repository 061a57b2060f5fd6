import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { kernelModules } from "./host-image-files.js";
import { LabError } from "./lab-error.js";
import { memoryDirectory } from "./memory-directory.js";
import { runProgram } from "./run-program.js";
import type { UmlKernel } from "./uml-kernel.js";
import { within } from "./within.js";

const memoryMiB = 128;

/**
 * Boots a kernel on this machine's own files, which it gets read-only, and loads the modules that hosts take: 2 s on an
 * idle machine.
 * @throws {LabError} If it does not get that far in time, in words that say what is wrong.
 */
export async function tryKernel(
  kernel: UmlKernel,
  { limitMs, logFile, signal }: { limitMs: number; logFile: string; signal: AbortSignal },
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "lab-kernel-"));
  try {
    const argv = [kernel.program, ...kernel.args, ...kernelArguments(directory, writeInit(directory, kernel))];
    const env = { TMPDIR: memoryDirectory(memoryMiB, directory) };
    const console = await within(limitMs, signal, `boot kernel ${kernel.version}`, (bounded) =>
      runProgram(argv, { logFile, signal: bounded, env }),
    );
    judge(kernel, console);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function kernelArguments(directory: string, init: string): string[] {
  const root = ["rootfstype=hostfs", "rootflags=/", "ro", `init=${init}`];
  return [`mem=${memoryMiB}M`, "umid=try", `uml_dir=${directory}`, ...root, "con=null", "con0=null,fd:1", "ssl=null"];
}

/** Writes what the kernel runs as its first process, and returns its path. */
function writeInit(directory: string, { modulesDir }: UmlKernel): string {
  const modprobe = join(directory, "modprobe");
  const init = join(directory, "init");
  const path = "export PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  // A program of its own: the kernel calls it for what a module asks for while it is loaded.
  const load = ["#!/bin/sh", path, `exec modprobe --dirname ${dirname(dirname(modulesDir))} "$@"`];
  const boot = [
    "#!/bin/sh",
    path,
    "mount -t proc proc /proc",
    `echo ${modprobe} >/proc/sys/kernel/modprobe`,
    `for module in ${kernelModules.join(" ")}; do ${modprobe} "$module" && echo "loaded $module"; done`,
    "echo o >/proc/sysrq-trigger",
    "exec sleep 60",
  ];
  writeFileSync(modprobe, `${load.join("\n")}\n`, { mode: 0o755 });
  writeFileSync(init, `${boot.join("\n")}\n`, { mode: 0o755 });
  return init;
}

function judge({ version }: UmlKernel, console: string): void {
  const lines = console.split("\n").map((line) => line.trim());
  const missing = kernelModules.filter((module) => !lines.includes(`loaded ${module}`));
  if (missing.length > 0)
    throw new LabError(`kernel ${version} cannot load ${missing.join(", ")}`, "The setup log has its console");
}
