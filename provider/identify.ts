import { randomUUID } from "node:crypto";
import { type Bag, type Definition, onItsMachine } from "./check-inputs.js";
import { holdIds } from "./held-ids.js";
import { HostError } from "./hosts/errors.js";
import { observeHost } from "./hosts/observe-host.js";
import { hostRef } from "./model/connection.js";
import { hasUnknown } from "./model/unknown.js";

/**
 * The identity of a resource that the engine checks: that of its state, a new one when it has none, and for a state of an older release
 * what its host shows. The engine keeps what a check returns, also when nothing else has changed, so that no update is shown for it.
 * @param olds Inputs of the state; empty for a resource that is new, or is to be replaced.
 * @returns undefined while the host of an older release's state does not tell.
 */
export async function identify(definition: Definition, olds: Bag, news: Bag): Promise<string | undefined> {
  const { identity, owner } = olds;
  if (typeof identity === "string") {
    holdIds(identity);
    return identity;
  }
  if (typeof owner !== "string" || definition.identitiesOf === undefined) return randomUUID();
  const former = await formerIdentity(definition, owner, onItsMachine(news, olds)["host"]);
  holdIds(former);
  return former;
}

/** The one identity that a host shows of an owner; undefined when it cannot be asked, or shows none, or two. */
async function formerIdentity(definition: Definition, owner: string, host: unknown): Promise<string | undefined> {
  const { data } = hostRef.safeParse(host);
  if (data === undefined || hasUnknown(data)) return undefined;
  try {
    const found = definition.identitiesOf?.(owner, await observeHost(data)) ?? [];
    return found.length === 1 ? found[0] : undefined;
  } catch (error) {
    // The check that follows meets it too, and says it.
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
