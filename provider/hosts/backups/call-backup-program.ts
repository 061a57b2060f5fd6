import { z } from "zod";
import type { BackupTargetRef } from "../../model/backup-target.js";
import type { HostRef } from "../../model/connection.js";
import { channelTo } from "../channels.js";
import { ReportError } from "../errors.js";
import { programRequest } from "./backup-request.js";
import { type BackupProgress, readProgress } from "./progress.js";
import { type RecoveryPoint, recoveryPoint } from "./recovery-point.js";

/** A call of the backup program of a host. */
export interface BackupCall {
  readonly command: "backup" | "list" | "retention" | "status" | "verify" | "volumes";
  /** What it is asked, as JSON that holds secrets. */
  readonly request: string;
  /** What is done, for errors, such as `list recovery points`. */
  readonly title: string;
  /** Time that it may take, in seconds; the connection's run deadline when left out. */
  readonly seconds?: number;
  /** Is told how far it is. */
  readonly onProgress?: (progress: BackupProgress) => void;
}

/**
 * Runs the backup program of a host outside every lock of ours, and reads its outcome.
 * @throws {ScriptError} If the program failed; `code` is its word, such as `absent` for a repository that does not exist.
 * @throws {HostError}
 */
export async function callBackupProgram<T>(host: HostRef, call: BackupCall, outcome: z.ZodType<T>): Promise<T> {
  const { command, request, title, seconds, onProgress } = call;
  const facts = await channelTo(host).read({
    title,
    script: "hosts/backups/call",
    call: "call",
    variables: { COMMAND: command, REQUEST: request },
    machineId: host.machineId,
    ...(seconds === undefined ? {} : { seconds }),
    ...(onProgress === undefined ? {} : { onLine: (line) => readProgress(line, onProgress) }),
  });
  return outcomeOf(host, facts, outcome);
}

/**
 * What the program reported at its end.
 * @throws {ReportError} If it does not fit.
 */
export function outcomeOf<T>(host: HostRef, facts: ReadonlyMap<string, string>, outcome: z.ZodType<T>): T {
  const parsed = outcome.safeParse(JSON.parse(facts.get("outcome") ?? "null"));
  if (parsed.success) return parsed.data;
  throw new ReportError(host.name, `the outcome of the backup program does not fit: ${parsed.error.message}`);
}

/**
 * The recovery points of a volume at a target, the oldest first; none when nothing was ever backed up there. A repository that was there
 * and is gone is an error, as far as the host knows.
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
  const request = programRequest(target, volumeId, { volume: { id: volumeId } });
  return (await callBackupProgram(host, { command: "list", request, title }, outcome)).recoveryPoints;
}

/** A volume that a target has backups of, as it was called at its last backup; "" where nothing is known but its id. */
export interface BackedUpVolume {
  readonly volumeId: string;
  readonly name: string;
  readonly stack: string;
  readonly host: string;
}

const volumesOutcome = z.object({
  volumes: z.array(
    z
      .object({ volume: z.string(), name: z.string(), stack: z.string(), host: z.string() })
      .transform(({ volume: volumeId, ...names }) => ({ volumeId, ...names })),
  ),
});

/**
 * All volumes that a target has backups of, also those that no stack knows any more, sorted by id.
 * @param host Any host that the target lets in.
 * @throws {HostError}
 */
export async function listBackedUpVolumes(host: HostRef, target: BackupTargetRef): Promise<BackedUpVolume[]> {
  const title = `list the volumes in target "${target.name}"`;
  const call = { command: "volumes", request: programRequest(target, "", {}), title } as const;
  return (await callBackupProgram(host, call, volumesOutcome)).volumes;
}
