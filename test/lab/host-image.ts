import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { aptOptions, debianSources } from "./apt-sources.js";
import { cached } from "./cache.js";
import { files, packages, setup } from "./host-image-files.js";
import type { Release } from "./release.js";
import { runProgram } from "./run-program.js";
import type { UmlKernel } from "./uml-kernel.js";

const imageSize = "3G";
/** Raise it when the way the image is made changes and the recipe's own values do not. */
const version = 2;

/**
 * The root disk that every host gets a copy of: ext4, Debian, LVM and systemd, with the modules of the kernel. It has no host
 * name, no machine id and no keys: `host-disks.ts` adds them to each copy.
 * @returns Path of the image in the cache.
 */
export async function hostImage(
  release: Release,
  { version: kernel, modulesDir }: UmlKernel,
  signal: AbortSignal,
): Promise<string> {
  const entry = {
    kind: `host-${release}`,
    recipe: JSON.stringify({ version, kernel, release, packages, files, setup, imageSize }),
    title: `building the image of a host with ${release} (once, about 90 s)`,
    build: async (path: string, logFile: string) => {
      const root = `${path}.root.tmp`;
      const run = (argv: string[], input?: string) =>
        runProgram(argv, { logFile, signal, ...(input === undefined ? {} : { input }) });
      try {
        await run(await mmdebstrap(release, root, logFile, signal));
        for (const [file, text] of Object.entries(files)) writeInto(root, file, text);
        await run(["chroot", root, "/bin/sh", "-s"], setup);
        cpSync(join(modulesDir, kernel), join(root, "lib/modules", kernel), { recursive: true });
        await run(["depmod", "-b", root, kernel]);
        await run(["mke2fs", "-q", "-t", "ext4", "-d", root, path, imageSize]);
      } finally {
        // mmdebstrap mounts /proc and /dev in a mount namespace of its own; the option is for the day when it does not.
        await runProgram(["rm", "-rf", "--one-file-system", root], { logFile, signal: new AbortController().signal });
      }
    },
  };
  return cached(entry, signal);
}

async function mmdebstrap(release: Release, root: string, logFile: string, signal: AbortSignal): Promise<string[]> {
  const excluded = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*"];
  return [
    "mmdebstrap",
    "--variant=minbase",
    `--include=${packages.join(",")}`,
    ...(await aptOptions(logFile, signal)).map((option) => `--aptopt=${option}`),
    ...excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    release,
    root,
    ...(await debianSources(release, logFile, signal)),
  ];
}

function writeInto(root: string, file: string, text: string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, text);
}
