import { describeProblem, type Problem } from "../../provider/model/problem.js";

/** A failure that the user can act on and that is no host's. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
    this.problem = problem;
  }
}
