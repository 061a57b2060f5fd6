import { execFileSync } from "node:child_process";
import { z } from "zod";
import { HOSTS_A_WORKER, labHosts } from "../lab/lab-host.js";
import { preparePackage } from "../package/prepare.js";
import { runForeground } from "./run-foreground.js";

// Builds the package and runs the suites that need hosts, in a lab. Arguments go to jest: patterns of test files, and options.

/** Suites and hosts wait for each other more than they compute: two at a time leave a third of two cores idle. */
const WORKERS = 3;

async function main(args: readonly string[]): Promise<number> {
  const jest = ["jest", ...args, "--selectProjects", "host", "e2e", "package"];
  // Asked before the slow part: a pattern that fits nothing must not cost the start of a lab.
  const files = listTests(jest);
  if (files.length === 0) {
    console.error(`No test file of the projects host, e2e and package fits: ${args.join(" ")}`);
    return 1;
  }
  const code = await runForeground(["npm", "run", "build"]);
  if (code !== 0) return code;
  const prepared = files.some((file) => file.includes("/test/package/")) ? preparePackage() : undefined;
  try {
    const given = process.env["LAB_HOSTS"] ? Math.floor(labHosts().length / HOSTS_A_WORKER) : WORKERS;
    const workers = Math.max(1, Math.min(given, files.length));
    const lab = ["node", "--import", "tsx", "test/lab/main.ts", "run", "--hosts", `${workers * HOSTS_A_WORKER}`, "--"];
    return await runForeground([...lab, ...jest, `--maxWorkers=${workers}`], prepared?.env);
  } finally {
    prepared?.remove();
  }
}

function listTests([program = "", ...args]: readonly string[]): string[] {
  return z
    .array(z.string())
    .parse(JSON.parse(execFileSync(program, [...args, "--listTests", "--json"], { encoding: "utf8" })));
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
