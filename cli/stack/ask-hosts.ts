import { HostError } from "../../provider/hosts/errors.js";

/** A host that could not be asked. */
export interface HostFailure {
  readonly host: string;
  /** Two lines: what failed and why; what to do next. */
  readonly error: string;
}

/** What the hosts answered, in their order. */
export interface Answers<T> {
  readonly answers: readonly T[];
  readonly failures: readonly HostFailure[];
}

/**
 * Asks all hosts at once. One that cannot be asked does not hold up the others.
 * @param hosts Hosts, or questions that bear the name of the host that they go to.
 */
export async function askHosts<H extends { readonly name: string }, T>(
  hosts: readonly H[],
  ask: (host: H) => Promise<T>,
): Promise<Answers<T>> {
  const answers: T[] = [];
  const failures: HostFailure[] = [];
  const results = await Promise.allSettled(hosts.map(ask));
  results.forEach((result, index) => {
    if (result.status === "fulfilled") answers.push(result.value);
    else if (result.reason instanceof HostError) {
      failures.push({ host: hosts[index]?.name ?? "", error: result.reason.message });
    } else throw result.reason;
  });
  return { answers, failures };
}
