import { execFile } from "node:child_process";
import { CliError } from "../terminal/cli-error.js";

/** Which stack a command is about. */
export interface StackChoice {
  /** Name of the stack; the selected one when left out. */
  readonly stack?: string;
  /** A folder of the Pulumi project. */
  readonly cwd: string;
}

const MAX_EXPORT_BYTES = 2 ** 30;

/**
 * The stack's state as JSON text, secrets in clear: for this process's memory only.
 * @throws {CliError} If there is no Pulumi CLI, or it refuses.
 */
export function exportStack({ stack, cwd }: StackChoice): Promise<string> {
  const args = ["stack", "export", "--show-secrets", "--non-interactive", ...(stack ? ["--stack", stack] : [])];
  return new Promise((resolve, reject) => {
    execFile("pulumi", args, { cwd, maxBuffer: MAX_EXPORT_BYTES, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      reject(explain(error, cwd, stderr));
    });
  });
}

/** Its stderr says what is wrong; its stdout and the error's own text may hold a part of the state. */
function explain(error: Error & { code?: unknown }, cwd: string, stderr: string): CliError {
  if (error.code === "ENOENT") {
    return new CliError({
      summary: `Cannot run the Pulumi CLI in ${cwd}`,
      detail: 'there is no "pulumi" in PATH, or no such folder',
      next: "Install the Pulumi CLI, or set --cwd to a folder of the project",
    });
  }
  const [reason = `it ended with exit code ${String(error.code)}`] = stderr
    .split("\n")
    .map((line) => line.trim().replace(/^error: /, ""))
    .filter((line) => line !== "" && !line.startsWith("warning:"));
  return new CliError({
    summary: `Cannot read the stack's state in ${cwd}`,
    detail: reason,
    next: "Set --cwd to a folder of the Pulumi project and --stack to one of 'pulumi stack ls', and log in as pulumi up does",
  });
}
