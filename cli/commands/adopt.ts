import type { Command } from "commander";
import { findAdoptable } from "../../provider/hosts/live/adoptable.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { adoptionProgram } from "../adoption/adoption-program.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import type { StackHost } from "../stack/stack-state.js";
import { CliError } from "../terminal/cli-error.js";

/** `pulumi-lvm adopt` */
export function adoptCommand(): Command {
  const summary =
    "print the TypeScript that declares the volume groups, thin pools and volumes of one host that the stack does not have";
  return stackCommand("adopt", summary, async ({ known, pools }, hosts) => {
    const { answers, failures } = await callHosts([onlyHost(hosts)], async (host) => {
      const found = findAdoptable(host, await observeHostNow(host), known, pools);
      return { host: host.name, ...found, program: adoptionProgram(host.name, found) };
    });
    const [answer] = answers;
    return { json: { ...answer }, text: answer?.program.trimEnd() ?? "", failures, hasFindings: false };
  });
}

/** @throws {CliError} If there are several to choose from, or none. */
function onlyHost(hosts: readonly StackHost[]): StackHost {
  const [host, ...others] = hosts;
  if (host !== undefined && others.length === 0) return host;
  const names = hosts.map(({ name }) => `"${name}"`).join(", ");
  throw new CliError({
    summary: "Cannot tell which host is meant",
    detail: "",
    next:
      host === undefined
        ? "Declare a Host for the machine and deploy it, then ask again"
        : `Name one with --host: ${names}`,
  });
}
