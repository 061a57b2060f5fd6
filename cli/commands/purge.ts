import type { Command } from "commander";
import { purgeVolume } from "../../provider/hosts/live/let-go.js";
import { type LiveVolume, liveVolumes } from "../../provider/hosts/live/volumes.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { formatSize } from "../../provider/model/size.js";
import { type Findable, findOnHosts, notAsked } from "../stack/found-on-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import { requireTypedBack } from "../terminal/typed-back.js";

interface PurgeOptions extends StackOptions {
  readonly yes?: true;
}

const pathOf = ({ volumeGroup, name }: LiveVolume): string => `${volumeGroup}/${name}`;

const deletedVolumes: Findable<LiveVolume> = {
  noun: "deleted volume",
  find: async (host) => liveVolumes(host.name, await observeHostNow(host)).filter(({ status }) => status === "deleted"),
  names: (each) => [each.uuid, each.id, pathOf(each), each.name, each.devicePath],
  describe: (each) => `${each.uuid} is ${pathOf(each)} on host "${each.host}"`,
};

/** `pulumi-lvm purge` */
export function purgeCommand(): Command {
  const summary =
    "remove a deleted volume with its data before its grace period is over; refused while something holds its device open";
  return stackCommand<PurgeOptions>("purge", summary, async ({ known }, hosts, { yes }, [word = ""]) => {
    const found = await findOnHosts(hosts, word, deletedVolumes);
    if ("failures" in found) return notAsked(found.failures);
    const { thing: volume, host } = found;
    const path = pathOf(volume);
    if (yes !== true) await requireTypedBack(question(volume), path);
    await purgeVolume(host, volume, known.stack);
    return {
      json: { purged: volume },
      text: `Purged ${path} on host "${host.name}"`,
      failures: [],
      hasFindings: false,
    };
  })
    .argument("<volume>", "LVM's UUID of it, its id, or its logical volume, such as fast/data.deleted.1790000000")
    .option("--yes", "do not ask for the name of the logical volume to be typed back");
}

const question = (volume: LiveVolume): string =>
  `This removes ${pathOf(volume)} on host "${volume.host}" with its ${formatSize(volume.sizeBytes)}. Nothing brings it back; until ${volume.reapAfter}, adopt: "${volume.uuid}" on a Volume would.`;
