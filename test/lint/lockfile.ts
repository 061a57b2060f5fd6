import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

// Checks package-lock.json; with --fix it adds what is missing.
// npm writes no entry for an optional package that its registry does not have, as mirrors often lack packages for other
// platforms, and then `npm ci` refuses the lock on every machine.

const file = join(dirname(dirname(__dirname)), "package-lock.json");

const entry = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockfile = z.looseObject({ packages: z.record(z.string(), entry) });
type Packages = z.output<typeof lockfile>["packages"];

interface Missing {
  readonly name: string;
  readonly range: string;
}

const entryOf = (folder: string, name: string): string => join(folder, "node_modules", name);

/** True if a package at `from` finds `name`, as Node looks for it: in its own node_modules, then in those above it. */
function isFound(packages: Packages, from: string, name: string): boolean {
  if (packages[entryOf(from, name)] !== undefined) return true;
  if (from === "") return false;
  return isFound(packages, from.slice(0, Math.max(from.lastIndexOf("node_modules/") - 1, 0)), name);
}

function findMissing(packages: Packages): Missing[] {
  const all = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isFound(packages, path, name))
      .map(([name, range]): [string, Missing] => [name, { name, range }]),
  );
  return [...new Map(all).values()];
}

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** The entry of a package for another platform, made of its name. It has no integrity: nobody here could download it. */
function stub({ name, range }: Missing): Record<string, unknown> {
  const words = name.split(/[/-]/);
  const system = systems.find((each) => words.includes(each));
  const processor = processors.find((each) => words.includes(each));
  if (system === undefined || processor === undefined || !/^\d+\.\d+\.\d+$/.test(range)) {
    throw new Error(`Cannot make an entry for "${name}" at "${range}": add it where the registry has the package`);
  }
  const isMusl = words.some((word) => word.startsWith("musl"));
  return {
    version: range,
    cpu: [processor],
    dev: true,
    ...(system === "linux" && { libc: [isMusl ? "musl" : "glibc"] }),
    optional: true,
    os: [system],
  };
}

function main(): number {
  const lock = lockfile.parse(JSON.parse(readFileSync(file, "utf8")));
  const addresses = Object.entries(lock.packages).filter(([, { resolved }]) => resolved?.startsWith("http"));
  for (const [path, { resolved }] of addresses) console.error(`package-lock.json: ${path} is bound to ${resolved}`);
  const missing = findMissing(lock.packages);
  if (process.argv.includes("--fix")) {
    const packages = {
      ...lock.packages,
      ...Object.fromEntries(missing.map((each) => [entryOf("", each.name), stub(each)])),
    };
    const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
    console.log(`package-lock.json: ${missing.length} entries added`);
    return addresses.length === 0 ? 0 : 1;
  }
  for (const { name, range } of missing) console.error(`package-lock.json: there is no entry for ${name}@${range}`);
  if (missing.length > 0) console.error("Add them with: npx tsx test/lint/lockfile.ts --fix");
  return addresses.length + missing.length === 0 ? 0 : 1;
}

process.exitCode = main();
