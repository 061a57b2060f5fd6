import * as pulumi from "@pulumi/pulumi";
import { describeProblem, type Problem } from "../provider/model/problem.js";

/** What ends a program in words, without a stack. */
export function refusal(problem: Problem): pulumi.RunError {
  return new pulumi.RunError(describeProblem(problem));
}
