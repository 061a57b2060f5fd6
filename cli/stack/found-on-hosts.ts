import { CliError } from "../terminal/cli-error.js";
import { callHosts, type HostFailure } from "./call-hosts.js";
import type { Report } from "./stack-command.js";
import type { StackHost } from "./stack-state.js";

/** A kind of thing that hosts have, whatever stack it belonged to, and that a user names in a word. */
export interface Findable<T> {
  /** What it is called, such as `attachment`. */
  readonly noun: string;
  find(host: StackHost): Promise<readonly T[]>;
  /** All that it can be called by; the first one names it alone. */
  names(thing: T): readonly (string | undefined)[];
  describe(thing: T): string;
}

/** What a word names, and the host that has it. */
export interface Found<T> {
  readonly thing: T;
  readonly host: StackHost;
}

/**
 * Looks for the one thing that a word names on some hosts.
 * @returns The failures instead, when not all hosts could be asked: another one might have a thing of that name too.
 * @throws {CliError} If there is none or more than one; it lists what there is.
 */
export async function findOnHosts<T>(
  hosts: readonly StackHost[],
  word: string,
  { noun, find, names, describe }: Findable<T>,
): Promise<Found<T> | { readonly failures: readonly HostFailure[] }> {
  const { answers, failures } = await callHosts(hosts, async (host) =>
    (await find(host)).map((thing) => ({ thing, host })),
  );
  if (failures.length > 0) return { failures };
  const all = answers.flat();
  const [first, ...others] = all.filter(({ thing }) => names(thing).includes(word));
  const list = (found: readonly Found<T>[]) => found.map(({ thing }) => describe(thing)).join("; ");
  if (first === undefined) {
    const next = hosts.length === 0 ? "The stack has no hosts: deploy it, or choose another with --stack" : "";
    const there = all.length === 0 ? `There is no ${noun} on them` : `There is: ${list(all)}`;
    throw new CliError({
      summary: `Cannot find ${noun} "${word}" on the stack's hosts`,
      detail: "",
      next: next || there,
    });
  }
  if (others.length > 0) {
    throw new CliError({
      summary: `Cannot tell which ${noun} "${word}" is meant`,
      detail: "",
      next: `Name one by its id: ${list([first, ...others])}`,
    });
  }
  return first;
}

/** The report when not all hosts could be asked. */
export const notAsked = (failures: readonly HostFailure[]): Report => ({
  json: {},
  text: "Nothing was done: not all hosts could be asked. Name the one that is meant with --host",
  failures,
  hasFindings: false,
});
