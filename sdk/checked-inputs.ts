import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { refusal } from "./refusal.js";

type Shape = Record<string, z.ZodType>;

/** The fields of a schema as outputs, with their defaults. */
export type Checked<S extends Shape> = { readonly [key in keyof S]: pulumi.Output<z.output<S[key]>> };

/**
 * Checks what a program gives a component, each field by itself: what is known now at once, the rest when it is known.
 * @param component The component in messages, such as `BackupTarget "prod"`.
 * @throws {pulumi.RunError} If a field is unknown or, at once or through its output, not what it has to be.
 */
export function checkedInputs<S extends Shape>(component: string, schema: z.ZodObject<S>, given: object): Checked<S> {
  const { shape } = schema as unknown as { shape: Shape };
  const strange = Object.keys(given).find((key) => !(key in shape));
  if (strange !== undefined)
    throw unusable(component, strange, `there is no such field; fields are ${Object.keys(shape).join(", ")}`);
  const values = given as Record<string, unknown>;
  const outputs = Object.entries(shape).map(([key, field]) => {
    const check = (value: unknown) => checked(component, key, field, value);
    const value = values[key];
    return [
      key,
      isKnown(value) ? pulumi.output(check(value)) : (pulumi.output(value) as pulumi.Output<unknown>).apply(check),
    ];
  });
  return Object.fromEntries(outputs) as Checked<S>;
}

function checked(component: string, key: string, field: z.ZodType, value: unknown): unknown {
  const result = field.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = value === undefined ? "it is needed" : issue?.message;
  throw unusable(component, [key, ...(issue?.path ?? [])].join("."), `${reason}`);
}

function unusable(component: string, field: string, detail: string): pulumi.RunError {
  return refusal({ summary: `Cannot use ${field} of ${component}`, detail, next: "" });
}

/** True unless the value is an output or a promise, or holds one. */
function isKnown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isKnown);
}
