import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type SourceFile, tooLong } from "./too-long.js";

// Holds shell and Python to the lengths that biome.json sets for TypeScript.

const repository = join(__dirname, "../..");

function main(): number {
  const files = ["provider", "test"]
    .flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
    )
    .filter((path) => /\.(?:sh|py)$/.test(path))
    .map((path): SourceFile => ({ path, text: readFileSync(join(repository, path), "utf8") }));
  const findings = tooLong(files);
  for (const finding of findings) console.error(finding);
  console.log(`lengths: ${files.length} files of shell and Python checked`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main();
