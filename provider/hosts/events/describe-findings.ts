import type { LogEvent } from "./event.js";
import type { EventLog } from "./event-log.js";

/** What to do about a log that cannot be trusted. */
export const DISTRUST_NEXT =
  "Treat the host as tampered with, and compare the log with its copy in the host's journal: journalctl -t pulumi-lvm -o cat";

/** What speaks against a log, one sentence a finding; empty when nothing does. A torn line is no tampering. */
export function describeFindings(log: EventLog): string[] {
  const { broken, missingAnchors, events } = log;
  const findings: string[] = [];
  if (broken !== undefined) {
    const event = events.find(({ line }) => line === broken.line);
    const eventInWords = event === undefined ? "" : ` (${describeEvent(event)})`;
    findings.push(`line ${broken.line}${eventInWords} breaks the chain: ${broken.reason}`);
  }
  for (const { hash, resource } of missingAnchors) {
    findings.push(`the entry ${hash} is missing, which made or last changed ${resource} according to the state`);
  }
  return findings;
}

const describeEvent = ({ time, action, outcome, logicalVolume }: LogEvent): string =>
  [time, action, outcome, logicalVolume].filter((part) => part !== undefined).join(" ");
