import { styleText } from "node:util";
import type { Command } from "commander";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import type { StackHost } from "../stack/stack-state.js";
import { table } from "../terminal/table.js";

const TITLES = ["HOST", "ADDRESS", "STATE", "MACHINE ID", "USED BY", "MISSING PACKAGES"];

interface HostView {
  readonly name: string;
  readonly address: string;
  readonly machineId: string;
  readonly isReachable: boolean;
  /** The Host resources of all stacks that it is registered for. */
  readonly usedBy: readonly string[];
  /** Packages that it lacks, those that only backups need included. */
  readonly missingPackages: readonly string[];
}

/** `pulumi-lvm hosts` */
export function hostsCommand(): Command {
  const summary = "list the stack's hosts: whether they answer, which stacks use them, and what they lack";
  return stackCommand("hosts", summary, async (_state, hosts) => {
    const { answers, failures } = await callHosts(hosts, viewOf);
    const views = hosts.map((host) => answers.find(({ name }) => name === host.name) ?? unreached(host));
    return { json: { hosts: views }, text: table(TITLES, views.map(row), "No hosts"), failures, hasFindings: false };
  });
}

async function viewOf(host: StackHost): Promise<HostView> {
  const { owners, missing } = await observeHostNow(host);
  const missingPackages = [...new Set(missing.map((each) => each.package))];
  return {
    ...unreached(host),
    isReachable: true,
    usedBy: [...owners.values()].map(({ owner }) => owner),
    missingPackages,
  };
}

function unreached({ name, machineId, connection: { user, address, port } }: StackHost): HostView {
  const at = `${user}@${address}:${port}`;
  return { name, address: at, machineId, isReachable: false, usedBy: [], missingPackages: [] };
}

function row(host: HostView): string[] {
  return [
    host.name,
    host.address,
    host.isReachable ? styleText("green", "answers") : styleText("red", "cannot be used"),
    host.machineId,
    host.usedBy.join(", "),
    host.missingPackages.join(" "),
  ];
}
