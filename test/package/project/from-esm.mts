import type * as pulumi from "@pulumi/pulumi";
import { type Host, Volume, type VolumeArgs, VolumeGroup } from "pulumi-lvm";
import { resource } from "pulumi-lvm/provider";

// Compiled and never run: the types that an ES module sees.
export function declare(host: Host): pulumi.Output<string> {
  const group = new VolumeGroup("group", { host, disks: ["/dev/vdb"] });
  const args: VolumeArgs = { volumeGroup: group, size: "1GiB" };
  return new Volume("volume", args).devicePath;
}

export const check: (olds: Record<string, unknown>, news: Record<string, unknown>) => Promise<unknown> =
  resource("volume").check;
