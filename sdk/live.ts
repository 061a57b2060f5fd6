import * as pulumi from "@pulumi/pulumi";
import type { Anchor } from "../provider/hosts/events/event-log.js";
import type { HostRef } from "../provider/model/connection.js";
import { anchorsAt } from "./anchors.js";
import { type HostFields, type HostInput, hostFields } from "./refs.js";

/**
 * Reads something from a host while the program runs, once the volumes, attachments and backup schedules are made that the program has declared on it
 * so far: what is declared later could need what is read. Unknown at preview while the host or one of these does not exist yet, and
 * when the host cannot be reached then.
 * @param read Gets the host, and the events that these volumes and attachments point to.
 */
export function live<T>(
  host: HostInput,
  read: (host: HostRef, anchors: readonly Anchor[]) => Promise<T>,
): pulumi.Output<T> {
  return liveAt(hostFields(host, "host"), read);
}

/** The same, for a host as other resources hold it. */
export function liveAt<T>(
  host: HostFields,
  read: (host: HostRef, anchors: readonly Anchor[]) => Promise<T>,
): pulumi.Output<T> {
  const found = pulumi.all([host, anchorsAt(host)]).apply(async ([known, anchors]) => {
    // Loaded here: a program that reads nothing has no use for an SSH client.
    const { hostRef } = await import("../provider/model/connection.js");
    try {
      return await read(
        hostRef.parse(known),
        anchors.filter(({ hash }) => hash !== ""),
      );
    } catch (error) {
      return rejectOrWarn<T>(error as Error);
    }
  });
  // What is read holds no secret, even if the connection does.
  return pulumi.unsecret(found) as pulumi.Output<T>;
}

/** A preview must work without the hosts; an error that a user can act on needs no stack. */
async function rejectOrWarn<T>(error: Error): Promise<T> {
  const { ConnectionError, HostError } = await import("../provider/hosts/errors.js");
  if (pulumi.runtime.isDryRun() && error instanceof ConnectionError && error.isTransient) {
    await pulumi.log.warn(error.message);
    return pulumi.unknown as unknown as T;
  }
  throw error instanceof HostError ? new pulumi.RunError(error.message) : error;
}
