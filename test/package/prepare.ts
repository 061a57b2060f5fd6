import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

const repository = resolve(__dirname, "../..");

/** The oldest line of Node.js that the package supports; the tests themselves run under the newest. */
const OLDEST_NODE = "22.23.3";

const packed = z.tuple([z.object({ filename: z.string() })]);
const manifest = z.object({
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});

/** An infra repo that has the package installed from its tarball. */
export interface PreparedPackage {
  /** For the test of it. */
  readonly env: { readonly PACKAGE_PROJECT: string };
  remove(): void;
}

/**
 * Packs the built package and installs it in a new project outside the tree, with the quickstart as its program. This takes the
 * registry, which cannot be reached from within the lab.
 */
export function preparePackage(): PreparedPackage {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-lvm-package-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const project = join(directory, "infra");
    mkdirSync(project);
    const [{ filename }] = packed.parse(JSON.parse(npm(repository, "pack", "--json", "--pack-destination", directory)));
    cpSync(join(__dirname, "project"), project, { recursive: true });
    cpSync(join(repository, "examples/quickstart/index.ts"), join(project, "index.ts"));
    writeFileSync(join(project, "package.json"), packageJson(join(directory, filename)));
    npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund");
    return { env: { PACKAGE_PROJECT: project }, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function packageJson(tarball: string): string {
  const { devDependencies, allowScripts } = manifest.parse(
    JSON.parse(readFileSync(join(repository, "package.json"), "utf8")),
  );
  const ours = (name: string) => ({ [name]: devDependencies[name] });
  return JSON.stringify({
    name: "infra",
    private: true,
    main: "index.ts",
    dependencies: { ...ours("@pulumi/pulumi"), "pulumi-lvm": `file:${tarball}` },
    devDependencies: { ...ours("@types/node"), ...ours("typescript"), node: OLDEST_NODE },
    allowScripts,
  });
}

function npm(cwd: string, ...args: string[]): string {
  // As in a shell of its own: what the npm that runs this script says of its own project does not concern another.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)|^INIT_CWD$/.test(name)),
  );
  return execFileSync("npm", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
