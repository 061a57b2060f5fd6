import { Command } from "commander";
import { formatDuration } from "../../provider/model/duration.js";
import { maxAgeSeconds } from "../../provider/model/policy/backup-policy.js";
import { describeJitter, jitterOf } from "../../provider/model/policy/jitter.js";
import { PolicyFileError, type PolicyFileIssue } from "../../provider/model/policy-file/policy-file-error.js";
import { type FilePolicy, readPolicyFile } from "../../provider/model/policy-file/read-policy-file.js";
import { formatRun } from "../../provider/model/schedule/format-run.js";
import { parseSchedule } from "../../provider/model/schedule/schedule.js";
import { FINDINGS } from "../stack/stack-command.js";
import { table } from "../terminal/table.js";

interface CheckOptions {
  readonly json?: true;
}

const RUNS = 3;
const TITLES = ["POLICY", "SCHEDULE", "TIME ZONE", "NEXT RUNS", "EACH", "STALE AFTER"];

/** `pulumi-lvm policy` */
export function policyCommand(): Command {
  const check = new Command("check")
    .description("check policy files, without a stack: exit code 1 and a line for each error, or the policies")
    .argument("<files...>", "policy files, in YAML or JSON")
    .option("--json", "print JSON")
    .showHelpAfterError("Add --help for all options")
    .exitOverride()
    .action((files: readonly string[], { json }: CheckOptions) => {
      process.exitCode = checkFiles(files, json === true);
    });
  return new Command("policy")
    .description("look at files of backup policies; needs no stack")
    .addCommand(check)
    .exitOverride();
}

function checkFiles(files: readonly string[], isJson: boolean): number {
  const read = files.map((file) => ({ file, ...readFile(file) }));
  const problems = read.flatMap((each) => each.problems);
  const policies = read.flatMap((each) => each.policies.map((policy) => describe(each.file, policy)));
  if (isJson) console.log(JSON.stringify({ policies: policies.map(({ json }) => json), problems }, null, 2));
  else if (policies.length > 0) {
    const rows = policies.map(({ row }) => row);
    console.log(table(TITLES, rows));
  }
  for (const { message } of read.flatMap(({ error }) => error ?? [])) console.error(message);
  return problems.length > 0 ? FINDINGS : 0;
}

interface FileContent {
  readonly policies: readonly FilePolicy[];
  readonly problems: readonly PolicyFileIssue[];
  readonly error?: PolicyFileError;
}

function readFile(file: string): FileContent {
  try {
    return { policies: readPolicyFile(file), problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyFileError)) throw error;
    return { policies: [], problems: error.issues, error };
  }
}

function describe(file: string, { name, target, match, volumes, settings }: FilePolicy) {
  const { schedule, timeZone, retention, verification } = settings;
  const now = new Date();
  const backup = parseSchedule(schedule, timeZone);
  const runs = backup.next(RUNS, now);
  const staleAfter = maxAgeSeconds(settings);
  const jitter = jitterOf(schedule, settings);
  const timer = (text: string | undefined) =>
    text === undefined ? undefined : parseSchedule(text, timeZone).onCalendar;
  return {
    row: [
      name,
      schedule,
      timeZone,
      runs.map((run) => formatRun(run, timeZone)).join("\n"),
      describeJitter(jitter) ?? "on time",
      formatDuration(staleAfter),
    ],
    // The settings themselves are left out: the heartbeat URL is a secret, and the rest is in the file.
    json: {
      file,
      name,
      target,
      match,
      volumes,
      schedule,
      timeZone,
      onCalendar: backup.onCalendar,
      nextRuns: runs,
      jitterSeconds: jitter.seconds,
      prune: timer(retention?.prune),
      drill: timer(verification.drill),
      maxAgeSeconds: staleAfter,
    },
  };
}
