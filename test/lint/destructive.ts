import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ShellFile, uncheckedQueries } from "./unchecked-queries.js";

// Says which scripts of the provider destroy something after a question whose failure looks like an empty answer. The backup program needs no
// such check: its commands raise when they fail.

const provider = join(__dirname, "../../provider");

function main(): number {
  const files = readdirSync(provider, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sh"))
    .map((path): ShellFile => ({ path: join("provider", path), text: readFileSync(join(provider, path), "utf8") }));
  const findings = uncheckedQueries(
    files,
    files.filter(({ path }) => path.startsWith("provider/agent/lib/")),
  );
  for (const finding of findings) console.error(finding);
  console.log(`queries before destructive commands: ${files.length} scripts checked`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
