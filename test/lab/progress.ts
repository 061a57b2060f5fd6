import type { LabDir } from "./lab-dir.js";

const started = performance.now();

/** Writes one line for people to stderr, with the seconds since the lab's start. */
export function say(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`lab ${seconds}s  ${line}\n`);
}

/** Announces a slow step, does it, and says how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  say(`${title}…`);
  const begin = performance.now();
  const result = await work();
  say(`${title}: done in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  return result;
}

/** Says that the lab stays, how to work in it and how to stop it. */
export function sayHowToUse(dir: LabDir): void {
  say(`the lab runs in ${dir.path} and stays:`);
  const which = process.env["LAB_DIR"] ? `LAB_DIR=${dir.path} ` : "";
  for (const use of ["exec -- COMMAND", "ssh host1", "down"]) say(`  ${which}npm run lab -- ${use}`);
}
