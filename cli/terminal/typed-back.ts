import { createInterface } from "node:readline/promises";
import { CliError } from "./cli-error.js";
import { oneLine } from "./one-line.js";

/**
 * Asks for a name to be typed back on stdin, before something that cannot be undone. The question goes to stderr.
 * @param consequence What will be done, as a sentence.
 * @throws {CliError} If something else is typed, or nothing.
 */
export async function requireTypedBack(consequence: string, name: string): Promise<void> {
  process.stderr.write(`${consequence}\nType ${name} to go on: `);
  const lines = createInterface({ input: process.stdin });
  const { value, done } = await lines[Symbol.asyncIterator]().next();
  lines.close();
  if (!process.stdin.isTTY) process.stderr.write("\n");
  const typed = done === true ? "" : oneLine(String(value));
  if (typed === name) return;
  throw new CliError({
    summary: "Nothing was done",
    detail: typed === "" ? `nobody typed ${name}` : `the name is ${name}, and "${typed}" was typed`,
    next: "Type the name as it is shown, or add --yes where nobody can type",
  });
}
