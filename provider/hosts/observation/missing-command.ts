import type { Observation } from "./observation.js";

/** A command that a host lacks, and the package that brings it there. */
export interface MissingCommand {
  readonly command: string;
  readonly package: string;
}

/** A program that is too old on a host, and the lowest version that will do. */
export interface OutdatedProgram {
  readonly name: string;
  readonly version: string;
  readonly lowest: string;
}

const BACKUP_COMMANDS = new Set(["restic", "python3", "pyfuse3"]);
const BACKUP_PROGRAMS = new Set(["restic", "python3", "thin-provisioning-tools"]);

/** Where there is all that a host needs. */
export const SUPPORTED =
  "Debian 12 and 13 and Ubuntu 24.04 have all that is needed; RHEL 9 does when backups is false, as its Python is 3.9";

/** What is wrong with the programs of a host, and what to do about it. */
export interface Unfitness {
  readonly what: string;
  readonly next: string;
}

/**
 * What a host lacks or has too old; undefined when it has all that it needs.
 * @param areBackupsRun Whether backups run there; false leaves out what only they need.
 */
export function unfitness(
  { missing, outdated, installCommand }: Pick<Observation, "missing" | "outdated" | "installCommand">,
  areBackupsRun: boolean,
): Unfitness | undefined {
  const lacking = missing.filter(({ command }) => areBackupsRun || !BACKUP_COMMANDS.has(command));
  const old = outdated.filter(({ name }) => areBackupsRun || !BACKUP_PROGRAMS.has(name));
  if (lacking.length + old.length === 0) return undefined;
  const packages = [...new Set(lacking.map((each) => each.package))].join(" ");
  return {
    what: [
      ...(lacking.length > 0 ? [`lacks ${lacking.map(({ command }) => command).join(", ")}`] : []),
      ...old.map(({ name, version, lowest }) => `has ${name} ${version} and needs ${lowest} or newer`),
    ].join("; "),
    next: [
      ...(lacking.length > 0 && installCommand !== ""
        ? [`Install what is missing with: ${installCommand} ${packages}`]
        : []),
      ...(old.length > 0 || installCommand === "" ? [SUPPORTED] : []),
    ].join("\n"),
  };
}
