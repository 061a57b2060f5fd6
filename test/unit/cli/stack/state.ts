import type { HostRef } from "../../../../provider/model/connection.js";
import { hostRef, ownerOf } from "../../../support/samples.js";

/** A resource of a state, as `pulumi stack export` prints it. */
export function stateResource(type: string, name: string, outputs: Record<string, unknown>, host: HostRef = hostRef) {
  const kind = type.charAt(0).toLowerCase() + type.slice(1);
  return {
    urn: `urn:pulumi:prod::infra::pulumi-nodejs:dynamic/lvm:${type}::${name}`,
    custom: true,
    type: `pulumi-nodejs:dynamic/lvm:${type}`,
    inputs: {},
    outputs: { __provider: "exports.handler = …", host, owner: ownerOf(kind, name), ...outputs },
  };
}

/** A Host: what the program says of it does not name the machine. */
export function stateHost(host: HostRef = hostRef) {
  return stateResource("Host", host.name, { machineId: host.machineId, backups: true }, { ...host, machineId: "" });
}

/** What `pulumi stack export` prints. */
export function exported(...resources: readonly object[]): string {
  const stack = { urn: "urn:pulumi:prod::infra::pulumi:pulumi:Stack::infra-prod", type: "pulumi:pulumi:Stack" };
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources: [stack, ...resources] } });
}
