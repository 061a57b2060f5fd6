import type { HostRef } from "../../model/connection.js";
import { channelTo } from "../channels.js";
import { HostError } from "../errors.js";
import { DISTRUST_NEXT, describeFindings } from "./describe-findings.js";
import type { Anchor, EventLog } from "./event-log.js";
import { verifyLog } from "./verify-log.js";

/**
 * A host's event log as it is now, verified.
 * @param anchors What the state holds of this host's log.
 * @throws {HostError} If the host cannot be read. What the verification finds is no error here.
 */
export async function readLog(host: HostRef, anchors: readonly Anchor[]): Promise<EventLog> {
  const facts = await channelTo(host).read({
    title: "read the event log",
    script: "hosts/events/read-log",
    call: "read_log",
    variables: {},
    machineId: host.machineId,
  });
  return { host: host.name, ...verifyLog(Buffer.from(facts.get("log") ?? "", "base64"), anchors) };
}

/**
 * The same, for whoever relies on it.
 * @throws {HostError} Also if the log was tampered with; the message names the first broken entry.
 */
export async function readTrustedLog(host: HostRef, anchors: readonly Anchor[]): Promise<EventLog> {
  const log = await readLog(host, anchors);
  const [first, ...others] = describeFindings(log);
  if (first === undefined) return log;
  const more = others.length === 0 ? "" : ` (and ${others.length} more finding${others.length === 1 ? "" : "s"})`;
  throw new HostError(host.name, {
    summary: "Cannot trust the event log",
    detail: `${first}${more}`,
    next: DISTRUST_NEXT,
  });
}
