import { z } from "zod";
import { policyFile } from "./policy-file.js";

/** A schema of JSON Schema draft 7, as far as ours goes. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** The schema of policy files for editors. Draft 7, because that is what the YAML language server knows best. */
export function policyJsonSchema(): JsonSchema {
  return z.toJSONSchema(policyFile, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // What every whole number in JavaScript is below says nothing to a reader.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // Editors read patterns without the flag u, and take \\p{…} for letters.
      if (jsonSchema.pattern?.includes("\\p{")) delete jsonSchema.pattern;
    },
  }) as JsonSchema;
}

let known: JsonSchema | undefined;

/** The names of the fields at a path of a policy file; undefined where any name may stand. */
export function fieldsAt(path: readonly PropertyKey[]): string[] | undefined {
  known ??= policyJsonSchema();
  const found = path.reduce<JsonSchema | undefined>(
    (schema, step) => (typeof step === "number" ? schema?.items : schema?.properties?.[String(step)]),
    known,
  );
  return found?.properties === undefined ? undefined : Object.keys(found.properties);
}
