import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { LabError } from "./lab-error.js";

/**
 * Reads one of the lab's JSON files; undefined when there is none.
 * @throws {LabError} If it has another form, as one that another version of the lab wrote.
 */
export function readState<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  const { success, data, error } = schema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (success) return data;
  throw new LabError(`Cannot read ${file}: another version of the lab wrote it`, "Stop that lab: npm run lab -- down", {
    cause: error,
  });
}
