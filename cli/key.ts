import type { Command } from "commander";
import { repositoryUrl } from "../provider/backup/backup-request.js";
import { repositoryPassword } from "../provider/backup/repository-password.js";
import { type BackupOptions, chosenBackup } from "./chosen-backup.js";
import { stackCommand } from "./stack-command.js";

/** `pulumi-lvm key` */
export function keyCommand(): Command {
  const summary = "print the password of a volume's repository, for restoring with restic alone in an emergency";
  return stackCommand<BackupOptions>("key", summary, async (state, _hosts, options, [volume = ""]) => {
    const { target, volumeId } = chosenBackup(state, volume, options.target);
    const password = repositoryPassword(target.masterKey, volumeId);
    const json = { volumeId, target: target.name, repository: repositoryUrl(target, volumeId), password };
    return { json, text: password, failures: [], hasFindings: false };
  })
    .argument("<volume>", "its id, its Volume resource, or its logical volume")
    .option("--target <name>", "the target, by the name of its BackupTarget, when the volume has several");
}
