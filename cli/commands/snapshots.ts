import type { Command } from "commander";
import { type LiveSnapshot, liveSnapshots } from "../../provider/hosts/live/snapshots.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { formatSize } from "../../provider/model/size.js";
import { callHosts } from "../stack/call-hosts.js";
import { stackCommand } from "../stack/stack-command.js";
import { shortOwner } from "../terminal/short-owner.js";
import { table } from "../terminal/table.js";

const TITLES = ["HOST", "SNAPSHOT", "OF", "TAKEN", "SIZE", "USED", "BELONGS TO", "ID"];

/** `pulumi-lvm snapshots` */
export function snapshotsCommand(): Command {
  const summary =
    "list the snapshots on the stack's hosts, the newest last, those of other stacks too; USED is how full the thin pool or the room is that holds one";
  return stackCommand("snapshots", summary, async ({ known }, hosts) => {
    const { answers, failures } = await callHosts(hosts, async (host) =>
      liveSnapshots(host.name, await observeHostNow(host)),
    );
    const snapshots = answers.flat();
    const rows = snapshots.map((snapshot) => snapshotRow(snapshot, known.stack));
    return { json: { snapshots }, text: table(TITLES, rows, "No snapshots"), failures, hasFindings: false };
  });
}

/** The columns of a snapshot. */
export function snapshotRow(snapshot: LiveSnapshot, stack: string): string[] {
  const { host, volumeGroup, name, volumeName, volumeId, time, sizeBytes, owner, id } = snapshot;
  return [
    host,
    `${volumeGroup}/${name}`,
    volumeName === undefined ? `${volumeId}, which is gone` : `${volumeGroup}/${volumeName}`,
    time,
    formatSize(sizeBytes),
    describeUse(snapshot),
    shortOwner(owner, stack),
    id,
  ];
}

function describeUse({ pool, roomBytes, usedPercent, isLost }: LiveSnapshot): string {
  if (isLost) return "lost: its room ran full";
  const place = roomBytes === undefined ? `pool ${pool}` : formatSize(roomBytes);
  return usedPercent === undefined ? `of ${place}` : `${usedPercent} % of ${place}`;
}
