import { styleText } from "node:util";
import { type Command, Option } from "commander";
import { findOrphans, type Orphan, type OrphanKind } from "../../provider/hosts/live/orphans.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";

interface OrphansOptions extends StackOptions {
  readonly check?: true;
}

/** Those that stay until somebody acts, and that nobody asked for. */
const NEEDS_CARE: ReadonlySet<OrphanKind> = new Set(["unknown", "lease", "stage"]);

/** `pulumi-lvm orphans` */
export function orphansCommand(): Command {
  const summary = "list what the stack's hosts hold that no resource of the stack stands for, each with its way out";
  return stackCommand<OrphansOptions>("orphans", summary, async ({ known }, hosts, { check }) => {
    const { answers, failures } = await callHosts(hosts, async (host) =>
      findOrphans(host.name, await observeHostNow(host), known),
    );
    const orphans = answers.flat();
    return {
      json: { orphans },
      text: orphans.length === 0 ? "No orphans" : orphans.map(describe).join("\n\n"),
      failures,
      hasFindings: check === true && orphans.some(({ kind }) => NEEDS_CARE.has(kind)),
    };
  }).addOption(new Option("--check", "exit with 1 if there is one that is neither retained nor goes by itself"));
}

function describe({ host, kind, logicalVolume, sizeBytes, uuid, what, wayOut }: Orphan): string {
  const title = styleText(NEEDS_CARE.has(kind) ? "yellow" : "bold", `${host}  ${logicalVolume}  ${kind}`);
  return `${title}  ${formatSize(sizeBytes)}  ${uuid}\n  ${what}\n  ${wayOut}`;
}
