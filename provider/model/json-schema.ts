import { z } from "zod";

/** A schema of JSON Schema draft 7, as far as ours goes. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** A zod schema as a JSON Schema of what may be written. Draft 7, because that is what the YAML language server knows best. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
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
