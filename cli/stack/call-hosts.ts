import { HostError } from "../../provider/hosts/errors.js";
import type { Problem } from "../../provider/model/problem.js";

/** A host that could not be asked. */
export interface HostFailure {
  readonly host: string;
  readonly problem: Problem;
}

/** What the hosts answered, in their order. */
export interface Answers<T> {
  readonly answers: readonly T[];
  readonly failures: readonly HostFailure[];
}

/**
 * Calls all hosts at once. One that does not answer does not hold up the others.
 * @param hosts Hosts, or something else that bears the name of the host that its call goes to.
 */
export async function callHosts<H extends { readonly name: string }, T>(
  hosts: readonly H[],
  call: (host: H) => Promise<T>,
): Promise<Answers<T>> {
  const answers: T[] = [];
  const failures: HostFailure[] = [];
  const results = await Promise.allSettled(hosts.map(call));
  results.forEach((result, index) => {
    if (result.status === "fulfilled") answers.push(result.value);
    else if (result.reason instanceof HostError) {
      failures.push({ host: hosts[index]?.name ?? "", problem: result.reason.problem });
    } else throw result.reason;
  });
  return { answers, failures };
}
