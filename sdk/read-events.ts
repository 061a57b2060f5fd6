import type * as pulumi from "@pulumi/pulumi";
import type { EventLog } from "../provider/hosts/events/event-log.js";
import { live } from "./live.js";
import type { HostInput } from "./refs.js";

export interface ReadEventsOptions {
  /** Whether a log that cannot be trusted is an error. With false, `broken` and `missingAnchors` of the result say what was found. Default true. */
  readonly verify?: boolean;
}

/**
 * The event log of a host, read when the program runs. Its chain of hashes is verified, and it is compared with the events that the
 * volumes and attachments point to which this program has declared on the host so far: call it after them.
 * Unknown at preview while one of these is still to be made.
 * @throws {pulumi.RunError} Through the output, if the log was tampered with; the message names the first broken entry.
 */
export function readEvents(host: HostInput, options: ReadEventsOptions = {}): pulumi.Output<EventLog> {
  return live(host, async (hostRef, anchors) => {
    const { readLog, readTrustedLog } = await import("../provider/hosts/events/read-log.js");
    return options.verify === false ? readLog(hostRef, anchors) : readTrustedLog(hostRef, anchors);
  });
}
