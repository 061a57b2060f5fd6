import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type AptOfOwn, withAptOfOwn } from "./apt-of-own.js";
import { aptOptions, debianMirror, debianSource } from "./apt-sources.js";
import { cacheDir, cached } from "./cache.js";
import { isLinuxFrom, newestVersion } from "./kernel-version.js";
import { LabError } from "./lab-error.js";
import { runProgram } from "./run-program.js";
import type { UmlKernel } from "./uml-kernel.js";
import { within } from "./within.js";

/** Suites to look in, one list after the other. trixie's own kernel is too old, but has the C library for a newer one. */
const places = [["sid"], ["trixie-backports", "trixie"]];
/** The first Linux whose User-mode Linux can run programs by seccomp in place of ptrace. */
const firstWithSeccomp = { major: 6, minor: 16 };
const askLimitMs = 60_000;
const fetchLimitMs = 300_000;
/** Raise it when the way the entry is made changes. */
const layoutVersion = 1;

interface Log {
  logFile: string;
  signal: AbortSignal;
}

/** Versions of Debian packages. */
interface Versions {
  kernel: string;
  libc: string;
}

/**
 * Fetches the newest user-mode-linux that runs programs by seccomp, with a C library that it can be linked against.
 * @returns Its directory in the cache.
 * @throws {LabError} If the mirror has none or cannot be asked.
 */
export async function fetchKernel(log: Log): Promise<string> {
  const mirror = await debianMirror(log.logFile, log.signal);
  if (!mirror) throw new LabError("this machine's apt knows no Debian mirror", "Run: apt-get update");
  const problems: LabError[] = [];
  for (const suites of places) {
    try {
      return await fetchFrom(mirror, suites, log);
    } catch (error) {
      log.signal.throwIfAborted();
      if (!(error instanceof LabError)) throw error;
      problems.push(error);
    }
  }
  throw problems[0] as LabError;
}

/** The kernel that a directory of the cache holds. */
export function kernelIn(entry: string): UmlKernel {
  const modulesDir = join(entry, "lib/modules");
  const [version = ""] = readdirSync(modulesDir);
  return { program: join(entry, "linux.uml"), args: ["seccomp=on"], version, modulesDir };
}

async function fetchFrom(mirror: string, suites: readonly string[], log: Log): Promise<string> {
  const sources = suites.map((suite) => debianSource(mirror, suite));
  const options = await aptOptions(log.logFile, log.signal);
  return withAptOfOwn({ sources, options, logFile: log.logFile }, async (apt) => {
    const versions = await within(askLimitMs, log.signal, "ask the mirror for a newer kernel", (signal) =>
      ask(apt, suites, signal),
    );
    return cached(kernelEntry(versions, apt, log.signal), log.signal);
  });
}

async function ask(apt: AptOfOwn, suites: readonly string[], signal: AbortSignal): Promise<Versions> {
  // Without the option a mirror that cannot be reached is a warning.
  await apt.run(["apt-get", "update", "--option=APT::Update::Error-Mode=any"], signal);
  const kernel = newestVersion(await apt.run(["apt-cache", "madison", "user-mode-linux"], signal));
  const libc = newestVersion(await apt.run(["apt-cache", "madison", "libc6"], signal));
  if (kernel && libc && isLinuxFrom(kernel, firstWithSeccomp)) return { kernel, libc };
  throw new LabError(
    `the mirror's ${suites.join(" and ")} have no user-mode-linux of ${firstWithSeccomp.major}.${firstWithSeccomp.minor} or newer`,
    "Nothing is to be done: it comes with a newer Debian",
  );
}

function kernelEntry({ kernel, libc }: Versions, apt: AptOfOwn, signal: AbortSignal) {
  return {
    kind: "kernel",
    // The program names its loader by an absolute path.
    recipe: JSON.stringify({ layoutVersion, kernel, libc, cache: cacheDir() }),
    title: `fetching kernel ${kernel} (once a version, about 10 s)`,
    build: (directory: string, logFile: string) =>
      within(fetchLimitMs, signal, `fetch kernel ${kernel}`, async (bounded) => {
        await apt.run(["apt-get", "download", `user-mode-linux=${kernel}`, `libc6=${libc}`], bounded);
        const packages = readdirSync(apt.directory).filter((file) => file.endsWith(".deb"));
        await layOut(
          packages.map((file) => join(apt.directory, file)),
          directory,
          (...argv) => runProgram(argv, { logFile, signal: bounded }),
        );
      }),
  };
}

/** Makes a kernel's directory: `linux.uml`, `lib/modules`, and `libc` with what the program alone is linked against. */
async function layOut(packages: readonly string[], directory: string, run: (...argv: string[]) => Promise<string>) {
  const unpacked = join(directory, "unpacked");
  mkdirSync(join(directory, "lib"), { recursive: true });
  for (const file of packages) await run("dpkg-deb", "--extract", file, unpacked);
  const program = join(directory, "linux.uml");
  renameSync(join(unpacked, "usr/bin/linux.uml"), program);
  renameSync(join(unpacked, "usr/lib/uml/modules"), join(directory, "lib/modules"));
  renameSync(join(unpacked, "usr/lib/x86_64-linux-gnu"), join(directory, "libc"));
  rmSync(unpacked, { recursive: true });
  const libc = join(directory.replace(/\.tmp$/, ""), "libc");
  await run("patchelf", "--set-interpreter", join(libc, "ld-linux-x86-64.so.2"), "--set-rpath", libc, program);
  await run("depmod", "-b", directory, kernelIn(directory).version);
}
