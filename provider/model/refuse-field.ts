import type { z } from "zod";
import type { Problem } from "./problem.js";

/** Has a schema refuse a field with a way out of its own, which {@link problemOf} finds again. */
export function refuseField(
  context: z.RefinementCtx,
  path: string[],
  { detail, next }: Pick<Problem, "detail" | "next">,
): void {
  context.addIssue({ code: "custom", path, message: detail, params: { next } });
}

/**
 * What a schema complains of, as a problem.
 * @param summary What cannot be used.
 */
export function problemOf(issue: z.core.$ZodIssue, summary: string): Problem {
  const next: unknown = issue.code === "custom" ? issue.params?.["next"] : undefined;
  return { summary, detail: issue.message, next: typeof next === "string" ? next : "" };
}
