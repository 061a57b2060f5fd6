import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "./cache.js";
import { findGo } from "./go.js";
import { buildTool } from "./go-tool.js";

/** Raise it when the flags below change. */
const flagsVersion = 1;

/**
 * versitygw, an S3 gateway to a directory and an IAM server, built from Go modules once.
 * @returns Path of the program in the cache.
 */
export async function s3Gateway(signal: AbortSignal): Promise<string> {
  const module = join(__dirname, "versitygw");
  const sources = ["go.mod", "go.sum"].map((file) => readFileSync(join(module, file), "utf8"));
  const entry = {
    kind: "versitygw",
    recipe: JSON.stringify({ flagsVersion, arch: process.arch, sources }),
    title: "building the S3 server from Go modules (once, about 90 s)",
    build: async (output: string, logFile: string) => {
      const go = await findGo(logFile, signal);
      mkdirSync(output);
      await buildTool({ go, module, output, flags: () => ["-ldflags", "-s -w"] }, logFile, signal);
    },
  };
  return join(await cached(entry, signal), "versitygw");
}
