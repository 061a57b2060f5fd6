import { styleText } from "node:util";
import { type Command, Option } from "commander";
import { whatAndWhy } from "../../provider/model/problem.js";
import { type Finding, findings, withoutPolicy } from "../health/findings.js";
import { backupStatuses } from "../stack/backup-statuses.js";
import { onHosts } from "../stack/on-hosts.js";
import { type StackOptions, stackCommand } from "../stack/stack-command.js";
import { CliError } from "../terminal/cli-error.js";
import { durationOption } from "../terminal/duration-option.js";

interface CheckCommandOptions extends StackOptions {
  readonly maxAge?: number;
  readonly verifiedWithin?: number;
  readonly requirePolicy?: true;
}

/** `pulumi-lvm check` */
export function checkCommand(): Command {
  const summary = "for CI: exit with 1 if a backup of the stack is late, failed, was not verified, or no longer runs";
  return stackCommand<CheckCommandOptions>("check", summary, async (state, hosts, options) => {
    if (state.hosts.length === 0 && state.unread.length === 0) {
      throw new CliError({
        summary: "Cannot check the backups of a stack without hosts",
        detail: "there is nothing to check",
        next: "Deploy it, or choose another with --stack",
      });
    }
    const { answers, failures } = await backupStatuses(state, hosts);
    const { maxAge: maxAgeSeconds, verifiedWithin: verifiedWithinSeconds, requirePolicy = false } = options;
    const chosen = onHosts(state, hosts);
    const found = findings(
      chosen,
      answers,
      {
        ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
        ...(verifiedWithinSeconds === undefined ? {} : { verifiedWithinSeconds }),
        requirePolicy,
      },
      new Date(),
    );
    const notes = requirePolicy ? [] : withoutPolicy(chosen);
    return {
      json: { findings: found, withoutPolicy: withoutPolicy(chosen) },
      text: checkText(found, notes, answers.length),
      failures,
      hasFindings: found.length > 0,
    };
  })
    .addOption(
      new Option(
        "--max-age <duration>",
        "age that a newest recovery point may have, in place of each policy's",
      ).argParser(durationOption),
    )
    .addOption(
      new Option("--verified-within <duration>", "time within which one must have been verified").argParser(
        durationOption,
      ),
    )
    .addOption(new Option("--require-policy", "count a volume that is under no policy"));
}

/** One line a finding; a note of volumes that nobody backs up by a policy. */
export function checkText(found: readonly Finding[], notes: readonly string[], hosts: number): string {
  const well = hosts > 0 ? styleText("green", "All backups are as they should be") : "No host could be asked";
  const verdict = found.length > 0 ? found.map(describe) : [well];
  const note = notes.length === 0 ? [] : [`note: under no policy: ${notes.map((name) => `"${name}"`).join(", ")}`];
  return [...verdict, ...note].join("\n");
}

function describe({ host, volume, target, ...problem }: Finding): string {
  const subject = [host, volume === undefined ? [] : [volume], target === undefined ? [] : [`to ${target}`]]
    .flat()
    .join(" ");
  return `${styleText("red", `${subject}: `)}${whatAndWhy(problem)}. ${problem.next}`;
}
