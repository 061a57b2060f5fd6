import type * as pulumi from "@pulumi/pulumi";
import type { LiveVolume } from "../provider/hosts/live/volumes.js";
import { live } from "./live.js";
import type { HostInput } from "./refs.js";

/**
 * All volumes on a host as the host itself knows them, read when the program runs: those of other stacks too, deleted ones with the
 * time of their removal, and retained ones. It waits for the volumes and attachments that the program has declared on the host so far.
 */
export function readVolumes(host: HostInput): pulumi.Output<LiveVolume[]> {
  return live(host, async (hostRef) => {
    const [{ observeHostNow }, { liveVolumes }] = await Promise.all([
      import("../provider/hosts/observe-host.js"),
      import("../provider/hosts/live/volumes.js"),
    ]);
    return liveVolumes(hostRef.name, await observeHostNow(hostRef));
  });
}
