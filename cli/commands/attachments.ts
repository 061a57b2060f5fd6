import type { Command } from "commander";
import { type LiveAttachment, liveAttachments } from "../../provider/hosts/live/attachments.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import { shortOwner } from "../terminal/short-owner.js";
import { table } from "../terminal/table.js";

const TITLES = ["HOST", "MICROVM", "DRIVE", "DEVICE", "STATE", "BELONGS TO", "VOLUME ID"];

/** `pulumi-lvm attachments` */
export function attachmentsCommand(): Command {
  const summary = "list which microVM has which volume on the stack's hosts, for all stacks";
  return stackCommand("attachments", summary, async ({ known }, hosts) => {
    const { answers, failures } = await callHosts(hosts, async (host) =>
      liveAttachments(host.name, await observeHostNow(host)),
    );
    const attachments = answers.flat();
    const rows = attachments.map((attachment) => row(attachment, known.stack));
    return { json: { attachments }, text: table(TITLES, rows, "No attachments"), failures, hasFindings: false };
  });
}

function row(attachment: LiveAttachment, stack: string): string[] {
  return [
    attachment.host,
    attachment.microVm,
    `${attachment.driveId ?? ""}${attachment.isRootDevice ? " (root)" : ""}`,
    attachment.devicePath,
    attachment.isActive ? (attachment.isOpen ? "in use" : "active") : "not active",
    shortOwner(attachment.owner, stack),
    attachment.volumeId ?? "",
  ];
}
