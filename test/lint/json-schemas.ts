import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonSchema } from "../../provider/model/json-schema.js";
import { placementJsonSchema } from "../../provider/model/placement-document.js";
import { policyJsonSchema } from "../../provider/model/policy-file/policy-json-schema.js";

// Checks that the committed JSON Schemas say what the program's schemas say; with --fix it writes them.

interface CommittedSchema {
  readonly file: string;
  /** Where the program says it. */
  readonly source: string;
  readonly schema: JsonSchema;
}

const SCHEMAS: readonly CommittedSchema[] = [
  {
    file: "schema/backup-policies.schema.json",
    source: "provider/model/policy-file/policy-file.ts",
    schema: policyJsonSchema(),
  },
  {
    file: "schema/placement.schema.json",
    source: "provider/model/placement-document.ts",
    schema: placementJsonSchema(),
  },
];

/** Whether the file is as it should be, by now. */
function isRight({ file, source, schema }: CommittedSchema): boolean {
  const path = join(__dirname, "../..", file);
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  if (process.argv.includes("--fix")) writeFileSync(path, text);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return true;
  console.error(`${file} is not what ${source} says\nWrite it again with: npm run schema`);
  return false;
}

process.exitCode = SCHEMAS.map(isRight).every(Boolean) ? 0 : 1;
