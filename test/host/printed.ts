import type { ShResult } from "../lab/index.js";

export interface Failure {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly next: string;
}

/** What a command of the backup program printed. */
export interface Printed<T> {
  readonly outcome: T;
  readonly failure: Failure | undefined;
  readonly phases: readonly string[];
  /** Everything, for tests that look for what must not be there. */
  readonly text: string;
}

/**
 * What a command printed until it ended.
 * @throws {Error} With all that it printed, if that and its exit code contradict each other.
 */
export function printedOf<T>({ stdout, stderr, code }: ShResult): Printed<T> {
  const lines = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { progress?: { phase: string }; outcome?: T; failure?: Failure });
  const last = lines.at(-1) ?? {};
  if ((last.outcome === undefined) === (code === 0)) throw new Error(`exit ${code}: ${stdout}${stderr}`);
  return {
    outcome: last.outcome as T,
    failure: last.failure,
    phases: lines.flatMap(({ progress }) => (progress === undefined ? [] : [progress.phase])),
    text: stdout + stderr,
  };
}
