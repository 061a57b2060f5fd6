import { describeProblem, type Problem } from "../problem.js";

/** What is wrong at one position in a policy file. */
export interface PolicyFileIssue {
  /** Path of the file, as it was given. */
  readonly file: string;
  /** From 1; undefined when it is about the file as a whole. */
  readonly line?: number;
  readonly column?: number;
  /** The field, such as `policies[0].schedule`; empty when it is about none. */
  readonly path: string;
  readonly message: string;
}

/** How many issues a message shows: a file that is none of ours may have thousands. */
const SHOWN = 50;

/** Policy files that cannot be used. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
  readonly problem: Problem;
  /** All that is wrong, also what the problem leaves out. */
  readonly issues: readonly PolicyFileIssue[];

  constructor(file: string, issues: readonly PolicyFileIssue[]) {
    const more = issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : [];
    const problem = {
      summary: `Cannot use policy file "${file}"`,
      detail: "",
      next: ["Set right what is listed here:", ...issues.slice(0, SHOWN).map(formatIssue), ...more].join("\n"),
    };
    super(describeProblem(problem));
    this.problem = problem;
    this.issues = issues;
  }
}

/** An issue in one line, in the form of compilers: `backup-policies.yaml:12:5: policies[0].schedule: …`. */
export function formatIssue({ file, line, column, path, message }: PolicyFileIssue): string {
  const position = line === undefined ? file : `${file}:${line}:${column}`;
  return [position, ...(path === "" ? [] : [path]), message].join(": ");
}
