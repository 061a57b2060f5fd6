import { type JsonSchema, jsonSchemaOf } from "../json-schema.js";
import { policyFile } from "./policy-file.js";

let known: JsonSchema | undefined;

/** The schema of policy files for editors. */
export function policyJsonSchema(): JsonSchema {
  known ??= jsonSchemaOf(policyFile);
  return known;
}

/** The names of the fields at a path of a policy file; undefined where any name may stand. */
export function fieldsAt(path: readonly PropertyKey[]): string[] | undefined {
  const found = path.reduce<JsonSchema | undefined>(
    (schema, step) => (typeof step === "number" ? schema?.items : schema?.properties?.[String(step)]),
    policyJsonSchema(),
  );
  return found?.properties === undefined ? undefined : Object.keys(found.properties);
}
