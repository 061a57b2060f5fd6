import { styleText } from "node:util";
import { DISTRUST_NEXT, describeFindings } from "../../provider/hosts/events/describe-findings.js";
import type { EventLog } from "../../provider/hosts/events/event-log.js";

/** Whether nothing speaks against a log. */
export function isTrusted(log: EventLog): boolean {
  return describeFindings(log).length === 0;
}

/** What the verification of a host's log came to, in one line or more. */
export function describeLog(log: EventLog): string {
  const findings = describeFindings(log);
  const verdict =
    findings.length === 0
      ? [styleText("green", "the log is whole, and has all that the stack's state points to")]
      : [...findings.map((finding) => styleText("red", finding)), DISTRUST_NEXT];
  const torn = log.torn.map((line) => `line ${line} was cut short, as by a power failure`);
  return [...verdict, ...torn].map((line) => `${log.host}: ${line}`).join("\n");
}
