#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { HostError } from "../provider/hosts/errors.js";
import { VERSION } from "../provider/model/version.js";
import { adoptCommand } from "./commands/adopt.js";
import { attachmentsCommand } from "./commands/attachments.js";
import { backupCommand } from "./commands/backup.js";
import { backupsCommand } from "./commands/backups.js";
import { checkCommand } from "./commands/check.js";
import { eventsCommand } from "./commands/events.js";
import { hostsCommand } from "./commands/hosts.js";
import { keyCommand } from "./commands/key.js";
import { orphansCommand } from "./commands/orphans.js";
import { placementCommand } from "./commands/placement.js";
import { policyCommand } from "./commands/policy.js";
import { purgeCommand } from "./commands/purge.js";
import { releaseCommand } from "./commands/release.js";
import { repairCommand } from "./commands/repair.js";
import { reportCommand } from "./commands/report.js";
import { retentionCommand } from "./commands/retention.js";
import { snapshotsCommand } from "./commands/snapshots.js";
import { statusCommand } from "./commands/status.js";
import { verifyCommand } from "./commands/verify.js";
import { volumesCommand } from "./commands/volumes.js";
import { FAILED, printMessage } from "./stack/stack-command.js";
import { CliError } from "./terminal/cli-error.js";

const help = `
A command reads the state of a Pulumi stack ('pulumi stack export') and asks the stack's hosts over SSH, unless its help says that it
needs no stack. It changes nothing, unless its help says that it makes, notes or removes something.

Exit codes: 0 all is well; 1 something was found that somebody must look after; 2 wrong usage, or a host that cannot be asked`;

/** In the order of the help. A command is a file of its own, with its options, its texts and its help. */
const COMMANDS = [
  hostsCommand,
  volumesCommand,
  attachmentsCommand,
  snapshotsCommand,
  placementCommand,
  eventsCommand,
  orphansCommand,
  adoptCommand,
  releaseCommand,
  purgeCommand,
  backupsCommand,
  backupCommand,
  verifyCommand,
  repairCommand,
  keyCommand,
  statusCommand,
  checkCommand,
  retentionCommand,
  reportCommand,
  policyCommand,
];

async function main(): Promise<void> {
  // A reader such as head may close the pipe early; that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : FAILED));
  const program = new Command("pulumi-lvm")
    .description("Looks at the LVM volumes of a Pulumi stack as they are on its hosts")
    .version(VERSION)
    .addHelpText("after", help)
    .showHelpAfterError("Add --help for all commands")
    .exitOverride();
  for (const command of COMMANDS) program.addCommand(command());
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explain(error as Error);
  }
}

/** Says what is wrong, if nobody has yet, and gives the exit code. */
function explain(error: Error): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILED;
  const isExpected = error instanceof CliError || error instanceof HostError;
  printMessage(
    "error",
    isExpected ? error.message : `${error.message}\nThis is a bug: please report it with the command that you ran`,
  );
  return FAILED;
}

void main();
