import type { Command } from "commander";
import { type LiveAttachment, liveAttachments } from "../../provider/hosts/live/attachments.js";
import { releaseLease } from "../../provider/hosts/live/let-go.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { type Findable, findOnHosts, notAsked } from "../stack/found-on-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import type { StackState } from "../stack/stack-state.js";
import { CliError } from "../terminal/cli-error.js";
import { requireTypedBack } from "../terminal/typed-back.js";

interface ReleaseOptions extends StackOptions {
  readonly yes?: true;
}

const pathOf = ({ volumeGroup, volumeName }: LiveAttachment): string => `${volumeGroup}/${volumeName}`;

const attachments: Findable<LiveAttachment> = {
  noun: "attachment",
  find: async (host) => liveAttachments(host.name, await observeHostNow(host)),
  names: (each) => [each.id, each.owner, each.owner?.split("/").slice(4).join("/"), pathOf(each), each.devicePath],
  describe: (each) => `${each.id} of ${pathOf(each)} to microVM "${each.microVm}", by ${each.owner ?? "nobody known"}`,
};

/** `pulumi-lvm release` */
export function releaseCommand(): Command {
  const summary =
    "end the lease of an attachment whose stack is gone, which removes the device; refused while something holds it open";
  return stackCommand<ReleaseOptions>("release", summary, async (state, hosts, { yes }, [word = ""]) => {
    const found = await findOnHosts(hosts, word, attachments);
    if ("failures" in found) return notAsked(found.failures);
    const { thing: attachment, host } = found;
    refuseOwn(attachment, state);
    const path = pathOf(attachment);
    if (yes !== true) await requireTypedBack(question(attachment), path);
    await releaseLease(host, attachment, state.known.stack);
    return {
      json: { released: attachment },
      text: `Released ${path} on host "${host.name}": it can be attached again`,
      failures: [],
      hasFindings: false,
    };
  })
    .argument("<attachment>", "its id, the Attachment that made it, or its logical volume, such as fast/data")
    .option("--yes", "do not ask for the name of the logical volume to be typed back");
}

/** @throws {CliError} If the stack itself has the Attachment, and so can remove it. */
function refuseOwn({ id, owner }: LiveAttachment, { known }: StackState): void {
  if (!known.attachments.has(id)) return;
  throw new CliError({
    summary: `Cannot release attachment ${id}`,
    detail: `it is ${owner ?? "one"} of this stack`,
    next: "Take that Attachment out of the program, and run pulumi up",
  });
}

const question = (each: LiveAttachment): string =>
  `This takes ${pathOf(each)} on host "${each.host}" away from microVM "${each.microVm}". It was attached by ${each.owner ?? "nobody known"}: if that stack is still there, remove its Attachment instead.`;
