import type { Command } from "commander";
import { repositoryUrl } from "../../provider/hosts/backups/backup-request.js";
import { repositoryPassword } from "../../provider/hosts/backups/repository-password.js";
import { backupOf } from "../stack/chosen-backup.js";

/** `pulumi-lvm key` */
export function keyCommand(): Command {
  const summary = "print the password of a volume's repository, for restoring with restic alone in an emergency";
  return backupOf("key", summary, async ({ target, volumeId }) => {
    const password = repositoryPassword(target.masterKey, volumeId);
    const json = { volumeId, target: target.name, repository: repositoryUrl(target, volumeId), password };
    return { json, text: password, failures: [], hasFindings: false };
  });
}
