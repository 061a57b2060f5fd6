import { Argument, Command, InvalidArgumentError } from "commander";

/** The benches in the order in which they run, and what each is about. */
export const BENCHES = {
  deploy: "thin ext4 volumes by pulumi up, a shell script, one exec a command, and the engine alone",
  "no-change": "preview, refresh and up of a stack in which nothing changes",
  incremental: "a backup after a change, ours and restic's of the files and of the device",
  first: "the first backup of 1 GiB, ours, restic's, and dd",
  restore: "a restore of 1 GiB, ours, restic's, and dd",
  cli: "status, backups and report of volumes with backups",
} as const;
export type BenchName = keyof typeof BENCHES;
export const NAMES = Object.keys(BENCHES) as BenchName[];

/** What is run, and how large. */
export interface Options {
  readonly names: readonly BenchName[];
  readonly rounds: number;
  /** Numbers of volumes; those of each bench unless told. */
  readonly volumes?: readonly number[];
  /** Of the volumes that are backed up, in GiB. */
  readonly sizes: readonly number[];
  /** Of the changes before a backup, in MiB. */
  readonly changes: readonly number[];
  readonly writeReadme: boolean;
}

/** Reads the command line; `--help`, and what is wrong in it, end the process. */
export function parseOptions(args: readonly string[]): Options {
  const program = new Command("npm run bench --")
    .description(
      "Compares this package with what does the same, on a host of the lab, and keeps the times in bench/results",
    )
    .addArgument(new Argument("[name...]", "what to run; all of it unless told").choices(NAMES))
    .option("--rounds <number>", "how often each contender runs", (text) => whole(text, 1, 100), 3)
    .option("--volumes <list>", "numbers of volumes, for deploy, no-change and cli", (text) => wholes(text, 1, 1000))
    .option("--sizes <list>", "sizes of volumes in GiB, for incremental", (text) => wholes(text, 2, 512), [4, 16])
    .option("--changes <list>", "MiB that change, for incremental", (text) => wholes(text, 0, 1024), [0, 16, 256])
    .option("--write-readme", "show the newest tables in the README", false)
    .addHelpText("after", `\n${NAMES.map((name) => `${name.padEnd(12)} ${BENCHES[name]}`).join("\n")}`)
    .addHelpText(
      "after",
      "\nIt boots a lab of its own. LAB_RELEASES=bookworm,trixie takes Debian 12 and not 13 for the host.",
    )
    .parse(args, { from: "user" });
  const names = program.args as BenchName[];
  return { ...program.opts<Omit<Options, "names">>(), names: names.length === 0 ? NAMES : names };
}

function whole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed`);
}

/** Numbers with commas between. */
function wholes(text: string, least: number, most: number): number[] {
  return text.split(",").map((word) => whole(word, least, most));
}
