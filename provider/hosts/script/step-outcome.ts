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
  const start = sections.findIndex(({ label }) => label === `step ${index}`);
  const section = sections[start];
  if (section === undefined) {
    const lock = sections.find(({ label }) => label === `lock ${index}`) as Section;
    return stepFailure(host, `Cannot ${step.title}`, 9, lock);
  }
  const exitCode = Number(/^exit (\d+)$/.exec(sections[start + 1]?.label ?? "")?.[1] ?? 1);
  return exitCode === 0 ? readFacts(section) : stepFailure(host, `Cannot ${step.title}`, exitCode, section);
}

/** The error of a script that did not get the lock; undefined when it got it. */
export function lockRefusal(host: string, sections: readonly Section[]): ScriptError | undefined {
  const locked = sections.find(({ label }) => label === "lock");
  if (locked === undefined || last(locked, "failure") === undefined) return undefined;
  return stepFailure(host, "Cannot start", 9, locked);
}

/** A line that a step says: its own `report` and `fail` (prelude.sh), or the backup program's outcome and failure. */
const protocolLine = z.object({
  report: z.record(z.string(), z.string()).optional(),
  outcome: z.record(z.string(), z.unknown()).optional(),
  failure: z
    .object({
      code: z.string(),
      summary: z.string().optional(),
      detail: z.string(),
      next: z.string().optional(),
      exitCode: z.number().optional(),
    })
    .optional(),
});

type ProtocolLine = z.output<typeof protocolLine>;

/** What a step said, in order; other lines of its output are noise. */
function protocolLines({ stdout }: Section): ProtocolLine[] {
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    try {
      const { success, data } = protocolLine.safeParse(JSON.parse(line));
      return success ? [data] : [];
    } catch {
      return [];
    }
  });
}

const last = <K extends keyof ProtocolLine>(section: Section, key: K): ProtocolLine[K] =>
  protocolLines(section).findLast((line) => line[key] !== undefined)?.[key];

function readFacts(section: Section): Map<string, string> {
  const facts = new Map(protocolLines(section).flatMap(({ report }) => Object.entries(report ?? {})));
  const outcome = last(section, "outcome");
  if (outcome !== undefined) facts.set("outcome", JSON.stringify(outcome));
  return facts;
}

/** The error of a step that ended with a failure of its own or of the backup program, or by any other command. */
function stepFailure(host: string, summary: string, exitCode: number, section: Section): ScriptError {
  const { stderr } = section;
  const failure = last(section, "failure") ?? { code: "command", detail: `a command ended with exit code ${exitCode}` };
  const stderrEnd = stderr === "" ? "" : `: ${stderr.split("\n").slice(-8).join(" | ")}`;
  const action = failure.summary === undefined ? "" : `${failure.summary}: `;
  const problem = {
    summary,
    detail: `${action}${failure.detail}${failure.code === "command" ? stderrEnd : ""}`,
    next: failure.next ?? "Mend what the command reports, then run it again: it goes on where this run ended",
  };
  return new ScriptError(host, problem, { code: failure.code, exitCode: failure.exitCode ?? exitCode, stderr });
}
