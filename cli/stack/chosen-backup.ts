import type { Command } from "commander";
import { CliError } from "../terminal/cli-error.js";
import { type Report, type StackOptions, stackCommand } from "./stack-command.js";
import type { StackBackup, StackState } from "./stack-state.js";
import { isVolume, VOLUME_CHOICES } from "./volume-choice.js";

/** Options of the commands that work on one volume's backups. */
export interface BackupOptions extends StackOptions {
  readonly target?: string;
}

/**
 * A command about the backups of one volume to one target.
 * @param act Gets the volume and target, the state and the options.
 */
export function backupOf<O extends BackupOptions>(
  name: string,
  summary: string,
  act: (chosen: StackBackup, state: StackState, options: O) => Promise<Report>,
): Command {
  return stackCommand<O>(
    name,
    summary,
    async (state, _hosts, options, [choice = ""]) => act(chosenBackup(state, choice, options.target), state, options),
    "volume",
  )
    .argument("<volume>", VOLUME_CHOICES)
    .option("--target <name>", "the target, by the name of its BackupTarget, when the volume has several");
}

/**
 * The volume and target that a command names: the volume by its id, its Volume resource or its logical volume.
 * @throws {CliError} If there is none, or more than one.
 */
export function chosenBackup({ backups }: StackState, choice: string, target: string | undefined): StackBackup {
  const ofVolume = backups.filter((each) => isVolume(choice, each));
  const fitting = ofVolume.filter((each) => target === undefined || each.target.name === target);
  const [first, second] = fitting;
  if (first === undefined) {
    const known = backups.map((each) => `"${each.resource}" to "${each.target.name}"`).join(", ");
    throw new CliError({
      summary: `Cannot find a backup of volume "${choice}"${target === undefined ? "" : ` to target "${target}"`} in the stack`,
      detail: "",
      next:
        known === ""
          ? "The stack declares no Backup and no BackupPolicy: declare one, and run pulumi up"
          : `It backs up ${known}`,
    });
  }
  if (second !== undefined) {
    const which = new Set(fitting.map((each) => each.volumeId)).size > 1 ? "the volume by its id" : "--target";
    throw new CliError({
      summary: `Cannot tell which backup of volume "${choice}" is meant`,
      detail: "",
      next: `Name ${which}: ${fitting.map((each) => `${each.volumeId} to "${each.target.name}"`).join(", ")}`,
    });
  }
  return first;
}
