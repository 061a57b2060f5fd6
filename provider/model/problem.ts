/** What went wrong, for a person. Whoever shows it may leave parts out; nobody takes a text apart. */
export interface Problem {
  /** The action that failed, such as `Cannot shrink volume "fast/data" on host "db1"`, or what is wrong when nothing was tried. */
  readonly summary: string;
  /** The state that was found; "" when the summary says it. */
  readonly detail: string;
  /** What to do about it; "" when nobody can tell. */
  readonly next: string;
}

/** A problem as text: what and why on one line, and on the next what to do. */
export function describeProblem(problem: Problem): string {
  const { next } = problem;
  return next === "" ? whatAndWhy(problem) : `${whatAndWhy(problem)}\n${next}`;
}

/** The part of a problem that says what is wrong. */
export function whatAndWhy({ summary, detail }: Pick<Problem, "summary" | "detail">): string {
  return detail === "" ? summary : `${summary}: ${detail}`;
}
