import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeChannels } from "../../provider/hosts/channels.js";
import { labHosts } from "../lab/index.js";
import type { Bench } from "./bench.js";
import { cli } from "./benches/cli.js";
import { deploy } from "./benches/deploy.js";
import { first } from "./benches/first.js";
import { incremental } from "./benches/incremental.js";
import { noChange } from "./benches/no-change.js";
import { restore } from "./benches/restore.js";
import { compare } from "./compare.js";
import { commitOf, describeMachine } from "./machine.js";
import { type BenchName, NAMES, type Options, parseOptions } from "./options.js";
import type { Case } from "./outcome.js";
import { keepOutcome, newestOutcomes, withOutcomes } from "./publish.js";
import { printedTable } from "./table.js";

// Runs benches in the lab that this process is in, on its first host.

const root = join(__dirname, "../..");
const results = join(root, "bench/results");
const benches: Record<BenchName, Bench> = { deploy, "no-change": noChange, incremental, first, restore, cli };

/** Runs one and keeps what it found, also when it does not come to its end. Returns whether it did. */
async function runBench(name: BenchName, options: Options): Promise<boolean> {
  const [host] = labHosts();
  if (host === undefined) throw new Error("Cannot run a bench: the lab has no host");
  const { rounds } = options;
  const [date = ""] = new Date().toISOString().split("T");
  const machine = await describeMachine(host);
  const cases: Case[] = [];
  const stage = {
    ...options,
    host,
    compare: async (contest: Parameters<typeof compare>[1]) => {
      const found = await compare({ host, rounds }, contest);
      cases.push(found);
      return found;
    },
  };
  console.log(`\n━━ ${name}\n`);
  let failure: Error | undefined;
  const notes = await benches[name](stage).catch((error: Error) => {
    failure = error;
    console.error(error);
    return ["It did not come to its end: what is missing here has failed, or comes after that."];
  });
  if (cases.length > 0) {
    const outcome = { name, date, commit: commitOf(root), machine, rounds, cases, notes };
    const paths = keepOutcome(results, outcome);
    console.log(`\n${printedTable(outcome)}\n\n${[...notes, ...paths].join("\n")}`);
  }
  return failure === undefined;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  try {
    for (const name of options.names) {
      if (!(await runBench(name, options))) process.exitCode = 1;
    }
  } finally {
    await closeChannels();
  }
  if (!options.writeReadme) return;
  if (process.exitCode === 1) {
    console.error("README.md stays as it is: a bench did not come to its end");
    return;
  }
  const readme = join(root, "README.md");
  writeFileSync(readme, withOutcomes(readFileSync(readme, "utf8"), newestOutcomes(results, NAMES)));
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
