import { z } from "zod";
import { ScriptError } from "../errors.js";
import type { Section, Step } from "./script.js";

/**
 * How a step of a script ended: the facts that it reported, or its error.
 * @param index Place of the step in its script, from 0.
 */
export function stepOutcome(
  host: string,
  step: Step,
  index: number,
  sections: readonly Section[],
): ReadonlyMap<string, string> | ScriptError {
  const at = sections.findIndex(({ label }) => label === `step ${index}`);
  const section = sections[at] as Section;
  const exitCode = Number(/^exit (\d+)$/.exec(sections[at + 1]?.label ?? "")?.[1] ?? 1);
  return exitCode === 0 ? readFacts(section) : stepFailure(host, `Cannot ${step.title}`, exitCode, section);
}

/** The error of a script that did not get the lock; undefined when it got it. */
export function lockRefusal(host: string, sections: readonly Section[]): ScriptError | undefined {
  const locked = sections.find(({ label }) => label === "lock");
  if (locked === undefined || last(locked, "fail") === undefined) return undefined;
  return stepFailure(host, "Cannot start", 9, locked);
}

function readFacts(section: Section): Map<string, string> {
  const reported = [...section.stdout.matchAll(/^report (\S+) (.*)$/gm)].map(
    ([, key = "", value = ""]): [string, string] => [key, value],
  );
  const { outcome } = programOutput(section);
  return new Map([...reported, ...(outcome === undefined ? [] : [["outcome", JSON.stringify(outcome)] as const])]);
}

const programLine = z.object({
  outcome: z.unknown().optional(),
  failure: z.object({ code: z.string(), summary: z.string(), detail: z.string(), next: z.string() }).optional(),
});

/** What a program on the host said at its end, if the step called one: its last line is JSON. */
function programOutput(section: Section): z.output<typeof programLine> {
  const line = section.stdout.split("\n").findLast((each) => /^\{"(?:outcome|failure)": /.test(each));
  return line === undefined ? {} : programLine.parse(JSON.parse(line));
}

const last = (section: Section, key: string): string | undefined =>
  [...section.stdout.matchAll(new RegExp(`^${key} (.*)$`, "gm"))].at(-1)?.[1];

/** The error of a step that ended with a `fail` or `run` line, or by any other command. */
function stepFailure(host: string, summary: string, exitCode: number, section: Section): ScriptError {
  const { stderr } = section;
  const { failure } = programOutput(section);
  if (failure !== undefined) {
    const { code, next } = failure;
    const detail = `${failure.summary}: ${failure.detail}`;
    return new ScriptError(host, summary, { reason: code, detail, next, exitCode, stderr });
  }
  const reason = last(section, "fail");
  const said = stderr === "" ? "" : `: ${stderr.split("\n").slice(-8).join(" | ")}`;
  return new ScriptError(host, summary, {
    reason: reason ?? "command",
    detail:
      reason === undefined
        ? `a command ended with exit code ${exitCode}${said}`
        : reason === "command"
          ? `${last(section, "detail")}${said}`
          : `${last(section, "detail")}`,
    next: last(section, "next") ?? "Mend what the command reports, then run it again: it goes on where this run ended",
    exitCode: Number(last(section, "exit") ?? exitCode),
    stderr,
  });
}
