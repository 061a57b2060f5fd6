import { styleText } from "node:util";
import type { Command } from "commander";
import { hostPlacement, unreachedHost } from "../../provider/hosts/live/placement.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import type { PlacementDocument } from "../../provider/model/placement-document.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import { table } from "../terminal/table.js";

/** The document without what every command adds to its JSON. */
type Placements = Omit<PlacementDocument, "failures">;

const VOLUME_TITLES = ["HOST", "ADDRESS", "VOLUME", "SIZE", "READY", "MICROVM", "ID"];
const ROOM_TITLES = ["HOST", "VOLUME GROUP OR POOL", "ROOM FOR NEW VOLUMES"];

/** `pulumi-lvm placement` */
export function placementCommand(): Command {
  const summary = "show a scheduler where volumes are, which microVM has them, and where there is room for new ones";
  return stackCommand("placement", summary, async ({ pools }, hosts) => {
    const time = new Date().toISOString();
    const { answers, failures } = await callHosts(hosts, async (host) =>
      hostPlacement(host, await observeHostNow(host), pools),
    );
    const found: Placements = {
      version: 1,
      time,
      hosts: hosts.map((host) => answers.find((each) => each.host.name === host.name)?.host ?? unreachedHost(host)),
      volumes: answers.flatMap(({ volumes }) => volumes),
    };
    return { json: { ...found }, text: placementText(found), failures, hasFindings: false };
  });
}

/** The volumes and the room as two tables. */
export function placementText({ hosts, volumes }: Placements): string {
  const volumeRows = volumes.map((volume) => [
    volume.host,
    volume.address,
    `${volume.volumeGroup}/${volume.name}`,
    formatSize(volume.sizeBytes),
    volume.isReady ? "yes" : styleText("yellow", "no"),
    volume.microVm ?? "",
    volume.id,
  ]);
  const roomRows = hosts.flatMap((host) =>
    host.isReached
      ? [
          ...host.volumeGroups.map(({ volumeGroup, roomBytes }) => [host.name, volumeGroup, formatSize(roomBytes)]),
          ...host.pools.map(({ volumeGroup, name, roomBytes }) => [
            host.name,
            `${volumeGroup}/${name}`,
            formatSize(roomBytes),
          ]),
        ]
      : [[host.name, "", styleText("red", "not known")]],
  );
  return `${table(VOLUME_TITLES, volumeRows, "No volumes")}\n\n${table(ROOM_TITLES, roomRows, "No volume groups")}`;
}
