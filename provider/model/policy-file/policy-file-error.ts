/** What is wrong at one place of a policy file. */
export interface PolicyFileProblem {
  /** Path of the file, as it was given. */
  readonly file: string;
  /** From 1; undefined when it is about the file as a whole. */
  readonly line?: number;
  readonly column?: number;
  /** The field, such as `policies[0].schedule`; empty when it is about none. */
  readonly path: string;
  readonly message: string;
}

/** How many problems a message shows: a file that is none of ours may have thousands. */
const SHOWN = 50;

/** Policy files that cannot be used. */
export class PolicyFileError extends Error {
  override readonly name = "PolicyFileError";
  readonly problems: readonly PolicyFileProblem[];

  constructor(file: string, problems: readonly PolicyFileProblem[]) {
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    const lines = problems.slice(0, SHOWN).map(formatProblem);
    super([`Cannot use policy file "${file}": set right what is listed here`, ...lines, ...more].join("\n"));
    this.problems = problems;
  }
}

/** A problem in one line, in the form of compilers: `backup-policies.yaml:12:5: policies[0].schedule: …`. */
export function formatProblem({ file, line, column, path, message }: PolicyFileProblem): string {
  const position = line === undefined ? file : `${file}:${line}:${column}`;
  return [position, ...(path === "" ? [] : [path]), message].join(": ");
}
