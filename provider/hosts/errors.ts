import { describeProblem, type Problem } from "../model/problem.js";

/**
 * A failure on a host that the user can act on. Anything else thrown is a bug and keeps its stack.
 * The message has two parts: what failed, on which host and why; then, on a line of its own, what to do next.
 */
export class HostError extends Error {
  override readonly name: string = "HostError";
  readonly host: string;
  /** The message in its parts; the summary names the host. */
  readonly problem: Problem;

  constructor(host: string, { summary, detail, next }: Problem, options?: ErrorOptions) {
    const problem = {
      summary: printable(`${summary} on host "${host}"`),
      detail: printable(detail),
      next: printable(next),
    };
    super(describeProblem(problem), options);
    this.host = host;
    this.problem = problem;
    // Pulumi prints the stack of whatever a provider throws; for an error that a user can act on it is noise.
    this.stack = "";
  }
}

/** What a host or a name brings along must not steer the terminal that shows it: control characters become `?`. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, "?");
}

/** No connection, so nothing was started on the host. */
export class ConnectionError extends HostError {
  override readonly name = "ConnectionError";
  /** True if another try may succeed with nothing changed: the host was unreachable, not unwilling. */
  readonly isTransient: boolean;

  constructor(
    host: string,
    { detail, next }: Pick<Problem, "detail" | "next">,
    options: ErrorOptions & { isTransient: boolean },
  ) {
    super(host, { summary: "Cannot connect", detail, next }, options);
    this.isTransient = options.isTransient;
  }
}

/** The connection or the deadline ended a script that had been started: what it did is unknown. */
export class InterruptedError extends HostError {
  override readonly name = "InterruptedError";
}

/** The script ran and refused or failed; nothing is known about the steps after the failing one. */
export class ScriptError extends HostError {
  override readonly name = "ScriptError";
  /** Why, in one word; "command" when a command of the host failed. */
  readonly code: string;
  /** The exit code of the command that failed, or of the script itself. */
  readonly exitCode: number;
  readonly stderr: string;

  constructor(host: string, problem: Problem, failure: { code: string; exitCode: number; stderr: string }) {
    super(host, problem);
    this.code = failure.code;
    this.exitCode = failure.exitCode;
    this.stderr = failure.stderr;
  }
}

/** The script ended well and its report does not fit: LVM is older than we know, or this is a bug. */
export class ReportError extends HostError {
  override readonly name = "ReportError";

  constructor(host: string, detail: string, options?: ErrorOptions) {
    const next = "Check that lvm2 is 2.03.12 or newer there; if it is, please report this";
    super(host, { summary: "Cannot read the report", detail, next }, options);
  }
}
