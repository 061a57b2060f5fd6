import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { composeScript, scriptText } from "../../provider/hosts/script/script.js";
import { hostPrograms } from "../../provider/resources/host-programs.js";

const provider = join(__dirname, "../../provider");

/** A script as a host runs it, made of fragments. */
export interface ComposedScript {
  readonly title: string;
  readonly text: string;
}

/** Where a line of a composed script comes from. */
export interface Origin {
  /** Path below the repository. */
  readonly file: string;
  readonly line: number;
}

/** Paths of all fragments below `provider`. */
const fragments = readdirSync(provider, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".sh"))
  .sort();

/** Functions that the fragment defines and does not call itself: a step calls these. */
function entryPoints(text: string): string[] {
  const defined = [...text.matchAll(/^(\w+)\(\) \{/gm)].map(([, name = ""]) => name);
  const isCalled = (name: string) =>
    new RegExp(`(?:^|[;&|({!]|\\b(?:if|then|else|do))[ \\t]*${name}\\b(?!\\(\\))`, "m").test(text);
  return defined.filter((name) => !isCalled(name));
}

/** The variables that a step gives to a fragment: upper-case names, whatever their values. */
function variablesOf(text: string): Record<string, string> {
  const read = [...text.matchAll(/\$\{?([A-Z][A-Z_]*)/g)].map(([, name = ""]) => name);
  return Object.fromEntries(read.map((name) => [name, "value"]));
}

/** Everything that runs on a host: one script for each fragment that steps call, and each program that is installed. */
export function composedScripts(): ComposedScript[] {
  const library = composeScript([], true).text;
  const programs = hostPrograms()
    .files.filter(({ text }) => text.startsWith("#!/bin/sh"))
    .map(({ name, text }) => ({ title: `program ${name}`, text }));
  const isUsed = (path: string) =>
    [library, ...programs.map(({ text }) => text)].some((text) => text.includes(scriptText(path)));
  const steps = fragments
    .filter((path) => !isUsed(path))
    .map((path) => ({
      title: path,
      text: composeScript(
        entryPoints(scriptText(path)).map((call) => ({
          title: call,
          script: path.replace(/\.sh$/, ""),
          call,
          variables: variablesOf(scriptText(path)),
          machineId: "",
        })),
        true,
      ).text,
    }));
  return [...steps, ...programs];
}

/** True if a composed script holds the fragment, or is itself what `file` names. */
export function holdsFragment(text: string, file: string): boolean {
  const path = relative("provider", file);
  return !fragments.includes(path) || text.includes(scriptText(path));
}

/** The fragment that a line of a composed script comes from; undefined when the line is the composer's own. */
export function originOf(text: string, line: number): Origin | undefined {
  for (const path of fragments) {
    const start = text.indexOf(scriptText(path));
    if (start === -1) continue;
    const first = text.slice(0, start).split("\n").length;
    const last = first + scriptText(path).trimEnd().split("\n").length - 1;
    if (line >= first && line <= last) return { file: join("provider", path), line: line - first + 1 };
  }
  return undefined;
}
