import { type Command, Option } from "commander";
import type { LogEvent } from "../../provider/hosts/events/event.js";
import type { EventLog } from "../../provider/hosts/events/event-log.js";
import { readLog } from "../../provider/hosts/events/read-log.js";
import { callHosts } from "../stack/call-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import type { StackVolume } from "../stack/stack-state.js";
import { isVolume, volumeOption } from "../stack/volume-choice.js";
import { describeLog, isTrusted } from "../terminal/describe-log.js";
import { parseSince } from "../terminal/since.js";
import { table } from "../terminal/table.js";

interface EventsOptions extends StackOptions {
  readonly volume?: string;
  readonly since?: Date;
}

const TITLES = ["HOST", "LINE", "TIME", "ACTION", "OUTCOME", "VOLUME", "MICROVM", "STACK", "BY", "NOTE"];

/** `pulumi-lvm events` */
export function eventsCommand(): Command {
  const summary =
    "show the event logs of the stack's hosts, verified against their own chain and the stack's state; exit code 1 for a broken one";
  return stackCommand<EventsOptions>("events", summary, async ({ volumes }, hosts, options) => {
    const { answers, failures } = await callHosts(hosts, (host) => readLog(host, host.anchors));
    // The whole log is verified, and then a part of it is shown.
    const logs = answers.map((log) => ({
      ...log,
      events: log.events.filter((event) => isWanted(event, options, volumes)),
    }));
    const rows = logs.flatMap((log) => log.events.map((event) => row(log, event)));
    const parts = [table(TITLES, rows, "No events"), answers.map(describeLog).join("\n")];
    return {
      json: { logs: logs.map((log) => ({ ...log, isTrusted: isTrusted(log) })) },
      text: parts.filter((part) => part !== "").join("\n\n"),
      failures,
      hasFindings: !answers.every(isTrusted),
    };
  })
    .addOption(volumeOption())
    .addOption(new Option("--since <time>", "only events since then, such as 2026-11-23 or 7d").argParser(parseSince));
}

function isWanted(event: LogEvent, { volume: choice, since }: EventsOptions, volumes: readonly StackVolume[]): boolean {
  if (since !== undefined && new Date(event.time) < since) return false;
  if (choice === undefined) return true;
  const { volume: volumeId, logicalVolume } = event;
  const resource = volumes.find((each) => each.volumeId === volumeId)?.resource;
  return isVolume(choice, { resource, volumeId, logicalVolume });
}

function row({ host }: EventLog, event: LogEvent): string[] {
  const { user, stack, ci } = event.actor ?? {};
  return [
    host,
    String(event.line),
    event.time,
    event.action,
    event.outcome,
    event.logicalVolume ?? event.volume ?? "",
    event.microVm ?? "",
    stack ?? "",
    [user, ci].filter((part) => part !== undefined).join(" "),
    event.note ?? "",
  ];
}
