import { z } from "zod";
import { channelTo } from "../channels.js";
import { ReportError } from "../host/errors.js";
import type { BackupTargetRef } from "../schema/backup-target.js";
import type { HostRef } from "../schema/connection.js";
import { type BackupCommand, programRequest } from "./backup-request.js";
import { type BackupProgress, readProgress } from "./progress.js";
import { type RecoveryPoint, recoveryPoint } from "./recovery-point.js";

/** A question to the backup program of a host. */
export interface BackupQuestion {
  readonly command: BackupCommand;
  readonly target: BackupTargetRef;
  /** Id of the volume whose repository it is about. */
  readonly volumeId: string;
  /** Members of the request beside the repository. */
  readonly request?: Record<string, unknown>;
  /** What is done, for errors, such as `list recovery points`. */
  readonly title: string;
  /** Time that it may take, in seconds; the connection's run deadline when left out. */
  readonly seconds?: number;
  /** Is told how far it is. */
  readonly onProgress?: (progress: BackupProgress) => void;
}

/**
 * Runs the backup program of a host outside every lock of ours, and reads its outcome.
 * @throws {ScriptError} If the program failed; `reason` is its code, such as `absent` for a repository that does not exist.
 * @throws {HostError}
 */
export async function askBackupProgram<T>(host: HostRef, question: BackupQuestion, outcome: z.ZodType<T>): Promise<T> {
  const { command, target, volumeId, request = {}, title, seconds, onProgress } = question;
  const facts = await channelTo(host).read({
    title,
    script: "backup/ask",
    call: "ask",
    variables: { COMMAND: command, REQUEST: programRequest(target, volumeId, request) },
    machineId: host.machineId,
    ...(seconds === undefined ? {} : { seconds }),
    ...(onProgress === undefined ? {} : { onLine: (line) => readProgress(line, onProgress) }),
  });
  const parsed = outcome.safeParse(JSON.parse(facts.get("outcome") ?? "null"));
  if (parsed.success) return parsed.data;
  throw new ReportError(host.name, `the outcome of the backup program does not fit: ${parsed.error.message}`);
}

/**
 * The recovery points of a volume at a target, the oldest first; none when nothing was ever backed up there.
 * @param host Any host that the target lets in; the volume need not be there.
 * @throws {HostError}
 */
export async function listRecoveryPoints(
  host: HostRef,
  target: BackupTargetRef,
  volumeId: string,
): Promise<RecoveryPoint[]> {
  const title = `list the recovery points of volume ${volumeId} in target "${target.name}"`;
  const outcome = z.object({ recoveryPoints: z.array(recoveryPoint) });
  return (await askBackupProgram(host, { command: "list", target, volumeId, title }, outcome)).recoveryPoints;
}
