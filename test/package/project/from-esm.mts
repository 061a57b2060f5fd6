import type * as pulumi from "@pulumi/pulumi";
import { Host, Volume, type VolumeArgs, VolumeGroup } from "pulumi-lvm";
import { resource } from "pulumi-lvm/provider";

// Compiled and never run: the types that an ES module sees.
export function declare(host: Host): pulumi.Output<string> {
  const group = new VolumeGroup("group", { host, disks: ["/dev/vdb"] });
  const args: VolumeArgs = { volumeGroup: group, size: "1GiB" };
  return new Volume("volume", args).devicePath;
}

/** Outputs of other resources as fields of a connection, and of another stack as resources. */
export function declareElsewhere(address: pulumi.Output<string>, infra: pulumi.StackReference): Volume {
  const host = new Host("host", { connection: { address, port: Promise.resolve(22) } });
  const group = new VolumeGroup("group", { host: host.ref, disks: ["/dev/vdb"] });
  const backup = { target: infra.requireOutput("target"), volume: infra.requireOutput("volume") };
  return new Volume("volume", { volumeGroup: group.ref, size: "1GiB", source: { backup } });
}

export const check: (olds: Record<string, unknown>, news: Record<string, unknown>) => Promise<unknown> =
  resource("volume").check;
