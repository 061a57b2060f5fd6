import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyJsonSchema } from "../../provider/model/policy-file/policy-json-schema.js";

// Checks that the committed JSON Schema of policy files says what the program's schema says; with --fix it writes it.

const name = "schema/backup-policies.schema.json";
const file = join(__dirname, "../..", name);

function main(): number {
  const text = `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`;
  if (process.argv.includes("--fix")) {
    writeFileSync(file, text);
    return 0;
  }
  if (existsSync(file) && readFileSync(file, "utf8") === text) return 0;
  console.error(
    `${name} is not what provider/model/policy-file/policy-file.ts says\nWrite it again with: npm run schema`,
  );
  return 1;
}

process.exitCode = main();
