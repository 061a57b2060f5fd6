import type * as pulumi from "@pulumi/pulumi";
import type { HostFields } from "./refs.js";

/** An event that a resource of this program points to. */
interface ProgramAnchor {
  readonly resource: string;
  readonly hash: pulumi.Output<string>;
}

/** By the host that the resource is on: its `ref` is handed on unchanged from a host to all that is on it. */
const anchors = new WeakMap<HostFields, ProgramAnchor[]>();

/**
 * Notes the event that made or last changed a resource, so that the host's log can be compared with it.
 * @param hash "" for a resource that is in no log, and that what is read from the host has to wait for.
 */
export function noteAnchor(host: HostFields, resource: string, hash: pulumi.Output<string>): void {
  anchors.set(host, [...anchorsAt(host), { resource, hash }]);
}

/** What the program has declared on a host so far. */
export function anchorsAt(host: HostFields): readonly ProgramAnchor[] {
  return anchors.get(host) ?? [];
}
