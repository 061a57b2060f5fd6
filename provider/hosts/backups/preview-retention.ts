import type { z } from "zod";
import type { BackupTargetRef } from "../../model/backup-target.js";
import type { HostRef } from "../../model/connection.js";
import type { RetentionRules } from "../../model/policy/policy-members.js";
import { programRequest } from "./backup-request.js";
import { callBackupProgram } from "./call-backup-program.js";
import { retentionOutcome } from "./retention-outcome.js";

/** Which recovery points a retention keeps, each with the rules that keep it, and which it drops. */
export type RetentionPlan = z.output<typeof retentionOutcome>;

/** What a retention is about. */
export interface RetentionPreviewOptions {
  readonly target: BackupTargetRef;
  readonly volumeId: string;
  /** The keep rules as the program on the host takes them. */
  readonly retention: RetentionRules;
  /** Name of a time zone of IANA, in which days begin. */
  readonly timeZone: string;
}

/**
 * What a retention would do now. Nothing is changed.
 * @param host Any host that the target lets in; the volume need not be there.
 * @throws {HostError}
 */
export async function previewRetention(
  host: HostRef,
  { target, volumeId, retention, timeZone }: RetentionPreviewOptions,
): Promise<RetentionPlan> {
  const title = `preview the retention of volume ${volumeId} in target "${target.name}"`;
  const members = { volume: { id: volumeId }, retention, timeZone, preview: true };
  const request = programRequest(target, volumeId, members);
  return callBackupProgram(host, { command: "retention", request, title }, retentionOutcome);
}
