import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";

const folder = join(__dirname, "../../cli/commands");

/** A command of `npx pulumi-lvm`, which does nothing; undefined if there is none of that name. */
function commandNamed(name: string): Command | undefined {
  if (!readdirSync(folder).includes(`${name}.ts`)) return undefined;
  const exported = require(join(folder, `${name}.ts`)) as Record<string, () => Command>;
  const command = exported[`${name}Command`]?.();
  for (const each of command === undefined ? [] : [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeErr: () => {} });
    if (each.commands.length === 0) each.action(() => {});
  }
  return command;
}

/**
 * What is wrong with a call of the command line, such as an option that does not exist; undefined if nothing is. A name without anything
 * after it is a mention of the command, and fine.
 * @param words What stands after `npx pulumi-lvm`.
 */
export function problemOfCall([name = "", ...rest]: readonly string[]): string | undefined {
  if (name === "--help") return undefined;
  const command = commandNamed(name);
  if (command === undefined) return `there is no command ${name}`;
  if (rest.length === 0) return undefined;
  try {
    command.parse(rest, { from: "user" });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
