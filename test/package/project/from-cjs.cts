import type * as pulumi from "@pulumi/pulumi";
import * as lvm from "pulumi-lvm";

import provider = require("pulumi-lvm/provider");

// Compiled and never run: the types that a CommonJS program sees.
export function declare(host: lvm.Host): pulumi.Output<string> {
  const group = new lvm.VolumeGroup("group", { host, disks: ["/dev/vdb"] });
  const args: lvm.VolumeArgs = { volumeGroup: group, size: "1GiB" };
  return new lvm.Volume("volume", args).devicePath;
}

export const check: (olds: Record<string, unknown>, news: Record<string, unknown>) => Promise<unknown> =
  provider.resource("volume").check;
