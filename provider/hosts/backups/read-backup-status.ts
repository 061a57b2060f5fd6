import type { HostRef } from "../../model/connection.js";
import { ScriptError } from "../errors.js";
import { type BackupStatus, statusOutcome } from "./backup-status.js";
import { callBackupProgram } from "./call-backup-program.js";

const TITLE = "read the status of backups";

/**
 * What a host says of the backups of its volumes: it looks into its own files and asks systemd, and no target.
 * @throws {ScriptError} If it has no programs for backups (`code` is `program`), or those of a release that knew no status.
 * @throws {HostError}
 */
export async function readBackupStatus(host: HostRef): Promise<BackupStatus> {
  const call = { command: "status", request: "{}", title: TITLE } as const;
  try {
    return { host: host.name, ...(await callBackupProgram(host, call, statusOutcome)) };
  } catch (error) {
    throw error instanceof ScriptError && error.code === "request" ? tooOld(host, error) : error;
  }
}

/** The request is always the same, so that only a program which does not know the command refuses it. */
function tooOld({ name }: HostRef, { exitCode, stderr }: ScriptError): ScriptError {
  const problem = {
    summary: `Cannot ${TITLE}`,
    detail: "its backup program is of a release that has no status yet",
    next: "Run pulumi up for a stack whose Host is this one: it installs the programs of this release",
  };
  return new ScriptError(name, problem, { code: "release", exitCode, stderr });
}
