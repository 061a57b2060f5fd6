import type { HostRef } from "../../model/connection.js";
import { channelTo } from "../channels.js";
import { HostError } from "../errors.js";
import { DISTRUST_NEXT, describeFindings } from "./describe-findings.js";
import type { Anchor, EventLog } from "./event-log.js";
import { verifyLog } from "./verify-log.js";

/** A line that read-log.sh prints for some of the log's bytes. */
const PIECE = /^\{"report":\{"piece":"([A-Za-z0-9+/=]*)"\}\}$/;

/**
 * A host's event log as it is now, verified. It is read in pieces of 8 MiB, so that each is an answer of bounded size and time.
 * @param anchors What the state holds of this host's log.
 * @throws {HostError} If the host cannot be read. What the verification finds is no error here.
 */
export async function readLog(host: HostRef, anchors: readonly Anchor[]): Promise<EventLog> {
  const bytes: Buffer[] = [];
  const onLine = (line: string): void => {
    const piece = PIECE.exec(line)?.[1];
    if (piece !== undefined) bytes.push(Buffer.from(piece, "base64"));
  };
  let at = { FILE: "", OFFSET: "0" };
  do {
    const facts = await channelTo(host).read({
      title: "read the event log",
      script: "hosts/events/read-log",
      call: "read_log",
      variables: at,
      machineId: host.machineId,
      onLine,
    });
    at = { FILE: facts.get("next") ?? "", OFFSET: facts.get("offset") ?? "0" };
  } while (at.FILE !== "");
  return { host: host.name, ...verifyLog(Buffer.concat(bytes), anchors) };
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
