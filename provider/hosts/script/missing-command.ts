/** A command that a host lacks, and the Debian package that brings it. */
export interface MissingCommand {
  readonly command: string;
  readonly package: string;
}

const BACKUP_COMMANDS = new Set(["restic", "fusermount3", "python3", "fusepy"]);

/** Whether only backups need the command. */
export const isForBackups = (command: string): boolean => BACKUP_COMMANDS.has(command);

/** The names of the commands, and how to install them. */
export function installHint(missing: readonly MissingCommand[]): { names: string; next: string } {
  const packages = [...new Set(missing.map((each) => each.package))].join(" ");
  return {
    names: missing.map(({ command }) => command).join(", "),
    next: `Install what is missing, on Debian with: apt-get install ${packages}`,
  };
}
