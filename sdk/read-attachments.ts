import type * as pulumi from "@pulumi/pulumi";
import type { LiveAttachment } from "../provider/hosts/live/attachments.js";
import { live } from "./live.js";
import type { HostInput } from "./refs.js";

/**
 * All leases on a host as the host itself knows them, read when the program runs: those of other stacks too. It waits for the volumes
 * and attachments that the program has declared on the host so far.
 */
export function readAttachments(host: HostInput): pulumi.Output<LiveAttachment[]> {
  return live(host, async (hostRef) => {
    const [{ observeHostNow }, { liveAttachments }] = await Promise.all([
      import("../provider/hosts/observe-host.js"),
      import("../provider/hosts/live/attachments.js"),
    ]);
    return liveAttachments(hostRef.name, await observeHostNow(hostRef));
  });
}
