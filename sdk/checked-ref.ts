import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { whatAndWhy } from "../provider/model/problem.js";
import { refusal } from "./refusal.js";

/** An argument that names a resource. */
export interface RefArgument {
  /** What it is called, such as `pool of Volume "data"`. */
  readonly argument: string;
  /** The class of what it names. */
  readonly className: string;
}

/**
 * What somebody gave as a ref, when it is an object and no resource.
 * @throws {pulumi.RunError} If it is not.
 */
export function refObject(of: RefArgument, value: unknown): object {
  if (typeof value === "object" && value !== null && !pulumi.Resource.isInstance(value)) return value;
  throw unusable(of, value === undefined ? "it is undefined" : `it is no ${of.className}, and no ref of one`);
}

/**
 * A ref, or the field of one that has the name `key`, as it was given: the provider reads it again, and fills in defaults.
 * @throws {pulumi.RunError} If the schema does not take it; the message has the field's name and never its value.
 */
export function checkedRef<T>(of: RefArgument, schema: z.ZodType, value: T, key?: string): T {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return value;
  const field = [...(key === undefined ? [] : [key]), ...issue.path].join(".");
  throw unusable(of, whatAndWhy({ summary: field, detail: issue.message }));
}

function unusable({ argument, className }: RefArgument, detail: string): pulumi.RunError {
  return refusal({
    summary: `Cannot use ${argument}`,
    detail,
    next: `Give a ${className}, or the ref of one that another stack exports`,
  });
}
