import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache.js";
import { findGo } from "./go.js";
import { buildTool } from "./go-tool.js";
import { isInPath } from "./is-in-path.js";
import { runProgram } from "./run-program.js";

/** Raise it when the flags change. */
const flagsVersion = 1;

/**
 * Directories for PATH that hold `pulumi` and `pulumi-language-nodejs`: none when a Pulumi CLI is installed here, else
 * those of programs that are built from Go modules, once.
 */
export async function pulumiCli(logFile: string, signal: AbortSignal): Promise<string[]> {
  if (await isInstalled(logFile, signal)) return [];
  const modules = ["pulumi-cli", "pulumi-language-nodejs"].map((name) => join(__dirname, name));
  const sources = modules.flatMap((module) =>
    ["go.mod", "go.sum"].map((file) => readFileSync(join(module, file), "utf8")),
  );
  const entry = {
    kind: "pulumi",
    recipe: JSON.stringify({ flagsVersion, arch: process.arch, sources }),
    title: "building the Pulumi CLI from Go modules (once, about 4 minutes)",
    build: async (directory: string, log: string) => {
      const go = await findGo(log, signal);
      mkdirSync(directory);
      for (const module of modules) await buildTool({ go, module, output: directory, flags }, log, signal);
    },
  };
  return [await cached(entry, signal)];
}

/** Tells whether `pulumi` 3.200 or newer and its language host for Node are on PATH. */
async function isInstalled(logFile: string, signal: AbortSignal): Promise<boolean> {
  if (!isInPath("pulumi") || !isInPath("pulumi-language-nodejs")) return false;
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const version = await runProgram(["pulumi", "version"], { logFile, signal, env });
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) === 3 && Number(minor) >= 200;
}

function flags(version: string): string[] {
  const linker = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
  return ["-tags", "osusergo,grpcnotrace", "-ldflags", linker];
}
