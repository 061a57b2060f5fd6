import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runForeground } from "./run-foreground.js";

// Everything that must pass: the checks, then the tests in the lab. The last line says how many tests passed and failed.

async function main(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-lvm-test-"));
  const file = join(directory, "counts");
  writeFileSync(file, "");
  try {
    let code = 0;
    for (const script of ["check", "e2e"]) {
      code = await runForeground(["npm", "run", script], { TEST_COUNTS_FILE: file });
      if (code !== 0) {
        console.error(`npm run ${script} ended with exit code ${code}`);
        break;
      }
    }
    const runs = readFileSync(file, "utf8").trim().split("\n");
    const sum = (column: number) => runs.reduce((total, run) => total + Number(run.split(" ")[column] ?? 0), 0);
    console.log(`${sum(0)} passed, ${sum(1)} failed`);
    return code === 0 && sum(0) === 0 ? 1 : code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().then((code) => {
  process.exitCode = code;
});
