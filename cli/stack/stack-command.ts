import { resolve } from "node:path";
import { styleText } from "node:util";
import { Command } from "commander";
import { closeChannels } from "../../provider/hosts/channels.js";
import type { HostRef } from "../../provider/model/connection.js";
import { describeProblem } from "../../provider/model/problem.js";
import { CliError } from "../terminal/cli-error.js";
import type { HostFailure } from "./call-hosts.js";
import { exportStack, type StackChoice } from "./export-stack.js";
import { resolveKeyFiles } from "./key-files.js";
import { programFolder } from "./program-folder.js";
import type { UnreadResource } from "./stack-resources.js";
import { parseStackState, type StackHost, type StackState } from "./stack-state.js";

/** Options of every command. */
export interface StackOptions extends StackChoice {
  readonly host?: string;
  readonly json?: true;
}

/** What a command has to say. */
export interface Report {
  /** What `--json` prints, beside the failures. */
  readonly json: Record<string, unknown>;
  /** What is printed otherwise. */
  readonly text: string;
  readonly failures: readonly HostFailure[];
  /** Whether something was found that somebody must look after. */
  readonly hasFindings: boolean;
}

/** Exit codes beside 0. */
export const FINDINGS = 1;
export const FAILED = 2;

/**
 * A command that reads a stack's state and asks its hosts.
 * @param run Gets the state, the hosts to ask, the options, and the words that are no options.
 * @param scope What it is about: all hosts, of which one that the state does not tell is one that cannot be asked; or one volume.
 */
export function stackCommand<O extends StackOptions>(
  name: string,
  summary: string,
  run: (state: StackState, hosts: readonly StackHost[], options: O, words: readonly string[]) => Promise<Report>,
  scope: "hosts" | "volume" = "hosts",
): Command {
  return new Command(name)
    .description(summary)
    .option("--stack <name>", "the stack; default: the selected one")
    .option("--cwd <folder>", "a folder of the Pulumi project", ".")
    .option("--host <name>", "only this host, by the name of its Host resource")
    .option("--json", "print JSON")
    .showHelpAfterError("Add --help for all options")
    .exitOverride()
    .action(async (...given: unknown[]) => {
      // Commander gives the words that are no options first, then the options, then the command.
      const options = given.at(-2) as O;
      const words = given.slice(0, -2) as string[];
      try {
        const state = await readStack(options);
        const lost = scope === "hosts" ? state.unread.filter((each) => isLostHost(each, state)) : [];
        for (const { problem } of state.unread.filter((each) => !lost.includes(each))) {
          printMessage("warning", describeProblem(problem));
        }
        const report = await run(state, chosenHosts(state, options.host), options, words);
        const failures = [...lost.map(hostFailure), ...report.failures];
        const text =
          state.hosts.length + lost.length === 0 && !report.hasFindings ? "The stack has no hosts" : report.text;
        print({ ...report, text, failures }, options.json === true);
        process.exitCode = failures.length > 0 ? FAILED : report.hasFindings ? FINDINGS : 0;
      } finally {
        await closeChannels();
      }
    });
}

async function readStack(options: StackOptions): Promise<StackState> {
  const cwd = resolve(options.cwd);
  const state = parseStackState(await exportStack({ ...options, cwd }));
  const folder = programFolder(cwd);
  const hosts = state.hosts.map((host) => ({ ...host, connection: resolveKeyFiles(host.connection, folder) }));
  // A machine is reached as its Host says today, whatever else is on it.
  const reached = <T extends { readonly host: HostRef }>(each: T): T => {
    const { name, machineId, connection } = hosts.find((host) => host.machineId === each.host.machineId) ?? each.host;
    return { ...each, host: { name, machineId, connection } };
  };
  const isAsked = ({ host }: UnreadResource) =>
    options.host === undefined || host === undefined || host === options.host;
  return {
    ...state,
    unread: state.unread.filter(isAsked),
    hosts,
    volumes: state.volumes.map(reached),
    backups: state.backups.map(reached),
    schedules: state.schedules.map(reached),
  };
}

/** A Host that cannot be read, on a machine that nothing else in the state leads to. */
const isLostHost = ({ kind, resource }: UnreadResource, { hosts }: StackState): boolean =>
  kind === "Host" && !hosts.some(({ name }) => name === resource);

const hostFailure = ({ resource, problem }: UnreadResource): HostFailure => ({ host: resource, problem });

/** @throws {CliError} If the host is not in the stack. */
function chosenHosts({ hosts, unread }: StackState, name: string | undefined): readonly StackHost[] {
  if (name === undefined) return hosts;
  const chosen = hosts.filter((host) => host.name === name);
  if (chosen.length > 0) return chosen;
  const lost = unread.find(({ kind, resource }) => kind === "Host" && resource === name);
  if (lost !== undefined) throw new CliError(lost.problem);
  const names = hosts.map((host) => `"${host.name}"`).join(", ");
  throw new CliError({
    summary: `Cannot find host "${name}" in the stack`,
    detail: "",
    next:
      names === "" ? "The stack has no hosts: deploy it, or choose another with --stack" : `Its hosts are: ${names}`,
  });
}

function print({ json, text, failures }: Report, isJson: boolean): void {
  const errors = failures.map(({ host, problem }) => ({ host, error: describeProblem(problem), ...problem }));
  if (isJson) console.log(JSON.stringify({ ...json, failures: errors }, null, 2));
  else console.log(text);
  for (const { error } of errors) printMessage("error", error);
}

const COLORS = { error: "red", warning: "yellow" } as const;

/** Prints a message on stderr. */
export function printMessage(kind: keyof typeof COLORS, message: string): void {
  console.error(`${styleText(COLORS[kind], `${kind}:`, { stream: process.stderr })} ${message}`);
}
