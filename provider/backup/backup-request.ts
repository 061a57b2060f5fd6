import type { StepRequest } from "../define-resource.js";
import type { BackupTargetRef } from "../schema/backup-target.js";
import { repositoryPassword } from "./repository-password.js";

/** Where a volume's restic repository is, as restic names it. */
export function repositoryUrl({ endpoint, bucket, prefix }: BackupTargetRef, volumeId: string): string {
  const path = [bucket, prefix, "volumes", volumeId].filter((part) => part !== "").join("/");
  return `s3:${endpoint.replace(/\/$/, "")}/${path}`;
}

/** What the program on the host needs in order to open a volume's repository. */
export function repositoryAccess(target: BackupTargetRef, volumeId: string): Record<string, unknown> {
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

/** What the program on the host can be asked to do. */
export type BackupCommand = "backup" | "list" | "restore" | "verify" | "forget" | "rekey" | "cleanup";

/**
 * The variables of a step that calls the program on the host.
 * @param request Members beside the repository; none of them may be secret but below `repository`.
 */
export function programVariables(
  command: BackupCommand,
  target: BackupTargetRef,
  volumeId: string,
  request: Record<string, unknown>,
): StepRequest["variables"] {
  const document = { repository: repositoryAccess(target, volumeId), target: target.name, ...request };
  return { COMMAND: command, REQUEST: JSON.stringify(document) };
}
