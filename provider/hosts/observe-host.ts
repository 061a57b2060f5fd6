import type { HostRef } from "../model/connection.js";
import { isUnknown } from "../model/unknown.js";
import { channelTo } from "./channels.js";
import { HostError } from "./errors.js";
import type { Observation } from "./observation/observation.js";

/**
 * The host as it is, at most some seconds old.
 * @throws {HostError} If it cannot be seen, or if another machine answers at its address.
 */
export async function observeHost(host: HostRef): Promise<Observation> {
  return expectMachine(host, await channelTo(host).observe());
}

/** The host as it is from now on. Errors as {@link observeHost}. */
export async function observeHostNow(host: HostRef): Promise<Observation> {
  return expectMachine(host, await channelTo(host).observeNow());
}

function expectMachine(host: HostRef, observation: Observation): Observation {
  const isKnown = !isUnknown(host.machineId) && host.machineId !== "";
  if (!isKnown || observation.machineId === host.machineId) return observation;
  throw new HostError(host.name, {
    summary: "Cannot use the machine at this address",
    detail: `it has machine-id ${observation.machineId}, and this resource belongs to machine-id ${host.machineId}`,
    next: "Set the address of the machine that holds it; if the machine was replaced for good, remove its resources from the state with 'pulumi state delete'",
  });
}
