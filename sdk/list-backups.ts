import * as pulumi from "@pulumi/pulumi";
import type { RecoveryPoint } from "../provider/hosts/backups/recovery-point.js";
import { liveAt } from "./live.js";
import {
  type BackupTargetInput,
  backupTargetFields,
  type HostInput,
  hostFields,
  storeOf,
  type VolumeInput,
} from "./refs.js";
import { refusal } from "./refusal.js";
import { isVolume, volumeIdOf } from "./volume.js";

export interface ListBackupsArgs {
  /** The target that is looked into, or the `ref` of one of another stack. */
  readonly target: BackupTargetInput;
  /** The volume, the `ref` of one of another stack, or the id of one that may be gone. Default: every volume that the target has backups of, also those of other stacks. */
  readonly volume?: VolumeInput | pulumi.Input<string>;
  /** The host that reads the target. Default: the volume's own; needed when `volume` is no Volume. */
  readonly host?: HostInput;
}

/**
 * The recovery points in a target, the oldest of a volume first, read when the program runs; none when nothing was ever backed up
 * there. It does not wait for a Backup of the same program.
 * @throws {pulumi.RunError} Through the output, if the target cannot be read; at once, if no host is known to read it.
 */
export function listBackups({ target, volume, host }: ListBackupsArgs): pulumi.Output<RecoveryPoint[]> {
  const reader =
    host !== undefined ? hostFields(host, "host of listBackups()") : isVolume(volume) ? volume.ref.host : undefined;
  if (reader === undefined) {
    throw refusal({
      summary: "Cannot list backups",
      detail: "set host, the one that reads the target, or give a Volume",
      next: "",
    });
  }
  const id = volume === undefined ? pulumi.output(undefined) : volumeIdOf(volume);
  const store = storeOf(backupTargetFields(target, "target of listBackups()"));
  const found = pulumi.all([store, id]).apply(([given, volumeId]) =>
    liveAt(reader, async (hostRef) => {
      const { backupTargetRef } = await import("../provider/model/backup-target.js");
      const targetRef = backupTargetRef.parse(given);
      const { listBackedUpVolumes, listRecoveryPoints } = await import(
        "../provider/hosts/backups/call-backup-program.js"
      );
      if (volumeId !== undefined) return listRecoveryPoints(hostRef, targetRef, volumeId);
      const backedUp = await listBackedUpVolumes(hostRef, targetRef);
      return (await Promise.all(backedUp.map((each) => listRecoveryPoints(hostRef, targetRef, each.volumeId)))).flat();
    }),
  );
  // What a target holds is no secret, though what opens it is.
  return pulumi.unsecret(found) as pulumi.Output<RecoveryPoint[]>;
}
