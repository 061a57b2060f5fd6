import type * as pulumi from "@pulumi/pulumi";
import type { HostLocation } from "./host.js";

/** An event that a resource of this program points to. */
interface ProgramAnchor {
  readonly resource: string;
  readonly hash: pulumi.Output<string>;
}

/** By where the resource is: that object is handed on unchanged from a host to all that is on it. */
const anchors = new WeakMap<HostLocation, ProgramAnchor[]>();

/**
 * Notes the event that made or last changed a resource, so that the host's log can be compared with it.
 * @param hash "" for a resource that is in no log, and that what is read from the host has to wait for.
 */
export function noteAnchor(location: HostLocation, resource: string, hash: pulumi.Output<string>): void {
  anchors.set(location, [...anchorsAt(location), { resource, hash }]);
}

/** What the program has declared on a host so far. */
export function anchorsAt(location: HostLocation): readonly ProgramAnchor[] {
  return anchors.get(location) ?? [];
}
