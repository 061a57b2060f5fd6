import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "./outcome.js";
import { excerpt, page } from "./table.js";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/**
 * Writes an outcome to `<date>-<name>.json` and `.md`, over those of the same day.
 * @returns The paths.
 */
export function keepOutcome(folder: string, outcome: Outcome): string[] {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${outcome.date}-${outcome.name}`);
  writeFileSync(`${path}.json`, `${JSON.stringify(outcome, undefined, 2)}\n`);
  writeFileSync(`${path}.md`, page(outcome));
  return [`${path}.json`, `${path}.md`];
}

/** The newest kept outcome of each of the names, in their order; names that have none are left out. */
export function newestOutcomes(folder: string, names: readonly string[]): Outcome[] {
  const files = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const file = files.findLast((each) => /^\d{4}-\d\d-\d\d-(.+)\.json$/.exec(each)?.[1] === name);
    return file === undefined ? [] : [JSON.parse(readFileSync(join(folder, file), "utf8")) as Outcome];
  });
}

/**
 * The README with other outcomes between its two markers.
 * @throws {Error} If a marker is missing.
 */
export function withOutcomes(readme: string, outcomes: readonly Outcome[]): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin === -1 || end < begin)
    throw new Error(`Cannot write to the README: it needs a line "${BEGIN}" and a line "${END}" after it`);
  return [readme.slice(0, begin) + BEGIN, ...outcomes.map(excerpt), readme.slice(end)].join("\n\n");
}
