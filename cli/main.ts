#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { HostError } from "../provider/host/errors.js";
import { VERSION } from "../provider/version.js";
import { attachmentsCommand } from "./attachments.js";
import { backupCommand } from "./backup.js";
import { backupsCommand } from "./backups.js";
import { checkCommand } from "./check.js";
import { CliError } from "./cli-error.js";
import { eventsCommand } from "./events.js";
import { hostsCommand } from "./hosts.js";
import { keyCommand } from "./key.js";
import { orphansCommand } from "./orphans.js";
import { policyCommand } from "./policy.js";
import { reportCommand } from "./report.js";
import { retentionCommand } from "./retention.js";
import { FAILED, printError } from "./stack-command.js";
import { statusCommand } from "./status.js";
import { verifyCommand } from "./verify.js";
import { volumesCommand } from "./volumes.js";

const help = `
Each command but 'policy' reads the state of a Pulumi stack ('pulumi stack export') and asks the stack's hosts over SSH.
Nothing is changed, but by 'backup --now', which makes a recovery point, and by 'verify', which notes that one is good.

Exit codes: 0 all is well; 1 something was found (by 'check', a broken event log, orphans with --check, a wrong policy file); 2 wrong
usage, or a host that cannot be asked`;

const COMMANDS = [
  hostsCommand,
  volumesCommand,
  attachmentsCommand,
  eventsCommand,
  orphansCommand,
  backupsCommand,
  backupCommand,
  verifyCommand,
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
  printError(
    isExpected ? error.message : `${error.message}\nThis is a bug: please report it with the command that you ran`,
  );
  return FAILED;
}

void main();
