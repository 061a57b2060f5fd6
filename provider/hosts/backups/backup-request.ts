import { createHash } from "node:crypto";
import type { BackupTargetRef } from "../../model/backup-target.js";
import { repositoryPassword } from "./repository-password.js";

/** Where a volume's restic repository is, as restic names it; the folder of all of them when `volumeId` is "". */
export function repositoryUrl({ endpoint, bucket, prefix }: BackupTargetRef, volumeId: string): string {
  const path = [bucket, prefix, "volumes", volumeId].filter((part) => part !== "").join("/");
  return `s3:${endpoint}/${path}`;
}

/** What the program on the host needs in order to open a volume's repository. */
function repositoryAccess(target: BackupTargetRef, volumeId: string) {
  const { region, accessKeyId, secretAccessKey, caCertificate, masterKey } = target;
  return {
    url: repositoryUrl(target, volumeId),
    region,
    accessKeyId,
    secretAccessKey,
    caCertificate,
    password: repositoryPassword(masterKey, volumeId),
  };
}

/** A target's name as a host's files and metrics take it: a word. */
export function targetWord(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(name)) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 50)}-${digest}`;
}

/**
 * A request to the program on the host, as JSON. It holds secrets.
 * @param request Members beside the repository and the target.
 */
export function programRequest(target: BackupTargetRef, volumeId: string, request: Record<string, unknown>): string {
  return JSON.stringify({
    repository: repositoryAccess(target, volumeId),
    target: targetWord(target.name),
    ...request,
  });
}

/** What a backup is asked for. */
export interface BackupOptions {
  readonly volumeId: string;
  readonly volumeName: string;
  readonly host: { readonly name: string };
  /** Organization, project and stack. */
  readonly stack: string;
  readonly deadlineSeconds: number;
  readonly quiesced?: boolean;
  readonly uploadKiBps?: number | undefined;
  /** Whether recovery points that were there and are gone are no failure. */
  readonly startOver?: boolean;
}

/** Grace for the script around the program, which ends itself at its deadline, in seconds. */
export const SPARE_SECONDS = 120;

/** A run by hand, or that of another deployment, may be under way: it is waited for. */
const WAIT_SECONDS = 600;

/** The members of a request to back up a volume. Identity is what a recovery point says of its volume when the volume is gone. */
export function backupRequest(options: BackupOptions): Record<string, unknown> {
  const {
    volumeId,
    volumeName,
    host,
    stack,
    quiesced = false,
    uploadKiBps,
    deadlineSeconds,
    startOver = false,
  } = options;
  return {
    volume: { id: volumeId },
    identity: { name: volumeName, stack, host: host.name },
    quiesced,
    limits: { uploadKiBps, deadlineSeconds, waitSeconds: WAIT_SECONDS },
    ...(startOver ? { startOver } : {}),
  };
}

/** The request for a new password, after the master key of the target has changed. */
export function rekeyRequest(before: BackupTargetRef, after: BackupTargetRef, volumeId: string): string {
  return programRequest(before, volumeId, { newPassword: repositoryPassword(after.masterKey, volumeId) });
}
