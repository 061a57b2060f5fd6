import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runForeground } from "./run-foreground.js";

// Everything that must pass: the checks, then the tests in the lab. The last lines say how long each phase took, and how many tests
// passed and failed.

/** One run of jest; times in ms since 1970. */
interface Run {
  readonly passed: number;
  readonly failed: number;
  readonly start: number;
  readonly end: number;
}

async function main(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-lvm-test-"));
  const file = join(directory, "counts");
  writeFileSync(file, "");
  const start = Date.now();
  try {
    const env = { TEST_COUNTS_FILE: file };
    const check = await runForeground(["npm", "run", "check"], env);
    const checked = Date.now();
    const code = check === 0 ? await runForeground(["npm", "run", "e2e"], env) : check;
    if (code !== 0) console.error(`npm run ${check === 0 ? "e2e" : "check"} ended with exit code ${code}`);
    const runs = readRuns(file);
    const inLab = runs.find((run) => run.start > checked);
    const phases = [
      `check ${minutes(checked - start)}`,
      ...(inLab ? [`lab start ${minutes(inLab.start - checked)}`, `e2e ${minutes(inLab.end - inLab.start)}`] : []),
      `all ${minutes(Date.now() - start)}`,
    ];
    console.log(`Minutes: ${phases.join(", ")}`);
    const sum = (count: "passed" | "failed") => runs.reduce((total, run) => total + run[count], 0);
    console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
    return code === 0 && sum("passed") === 0 ? 1 : code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readRuns(file: string): Run[] {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [passed = 0, failed = 0, start = 0, end = 0] = line.split(" ").map(Number);
    return { passed, failed, start, end };
  });
}

function minutes(ms: number): string {
  return (ms / 60_000).toFixed(1);
}

main().then((code) => {
  process.exitCode = code;
});
