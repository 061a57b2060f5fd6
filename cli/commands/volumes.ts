import type { Command } from "commander";
import { type LiveVolume, liveVolumes } from "../../provider/hosts/live/volumes.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import { shortOwner } from "../terminal/short-owner.js";
import { table } from "../terminal/table.js";

const TITLES = ["HOST", "VOLUME", "SIZE", "POOL", "STATUS", "MICROVM", "BELONGS TO", "ID"];

/** `pulumi-lvm volumes` */
export function volumesCommand(): Command {
  const summary = "list all volumes on the stack's hosts, those of other stacks and deleted ones too";
  return stackCommand("volumes", summary, async ({ known }, hosts) => {
    const { answers, failures } = await callHosts(hosts, async (host) =>
      liveVolumes(host.name, await observeHostNow(host)),
    );
    const volumes = answers.flat();
    const rows = volumes.map((volume) => row(volume, known.stack));
    return { json: { volumes }, text: table(TITLES, rows, "No volumes"), failures, hasFindings: false };
  });
}

function row(volume: LiveVolume, stack: string): string[] {
  return [
    volume.host,
    `${volume.volumeGroup}/${volume.name}`,
    formatSize(volume.sizeBytes),
    volume.pool ?? "",
    volume.reapAfter === undefined ? volume.status : `deleted, removed after ${volume.reapAfter}`,
    volume.microVm ?? "",
    shortOwner(volume.owner ?? volume.retainedBy, stack),
    volume.id,
  ];
}
