import type * as pulumi from "@pulumi/pulumi";
import {
  type BackupFields,
  type BackupTargetInput,
  backupTargetFields,
  storeOf,
  type VolumeInput,
  volumeFields,
} from "./refs.js";
import { LvmResource } from "./resource.js";

export interface BackupArgs {
  /** The volume, or the `ref` of one of another stack. */
  readonly volume: VolumeInput;
  /** Where the backup goes: a target, or the `ref` of one of another stack. */
  readonly target: BackupTargetInput;
  /** Any change of these makes another backup. The earlier recovery point stays in the target. */
  readonly triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
  /** Whether the guest holds still while this runs, as the program sees to; recorded with the recovery point. Default false. */
  readonly quiesced?: pulumi.Input<boolean>;
  /** What a delete does to the recovery point. Default `"keep"`. */
  readonly onDelete?: pulumi.Input<"keep" | "forget">;
  /** Upload limit in KiB/s. Default none. */
  readonly uploadKiBps?: pulumi.Input<number>;
  /** Time for the backup in seconds; then it ends and cleans up. Default 86400. */
  readonly deadlineSeconds?: pulumi.Input<number>;
}

/** A backup now, as a step of a deployment: it is made when the resource is, and again whenever `triggers` change. */
export class Backup extends LvmResource {
  declare readonly volumeId: pulumi.Output<string>;
  /** Id of the recovery point that the last run made. */
  declare readonly recoveryPoint: pulumi.Output<string>;
  /** When its snapshot was taken, in UTC. */
  declare readonly time: pulumi.Output<string>;
  /** Size of the volume then, in bytes. */
  declare readonly sizeBytes: pulumi.Output<number>;
  /** Bytes read from the device: those that changed since the last backup, and a sample of the others. */
  declare readonly bytesRead: pulumi.Output<number>;
  /** Bytes that the repository grew by. */
  declare readonly bytesSent: pulumi.Output<number>;
  /** SHA-256 over the digests of all segments. */
  declare readonly digest: pulumi.Output<string>;
  /** Whether the guest held still. */
  declare readonly isQuiesced: pulumi.Output<boolean>;
  /** The recovery point as the `source` of a Volume: pass it on as a stack output, and volumes of other stacks can be made from it. */
  readonly ref: BackupFields;

  constructor(name: string, args: BackupArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volume, target, ...rest } = args;
    const { host, id: volumeId, volumeGroup, name: volumeName } = volumeFields(volume, `volume of Backup "${name}"`);
    const targetRef = backupTargetFields(target, `target of Backup "${name}"`);
    super(
      "backup",
      "Backup",
      name,
      { ...rest, host, volumeId, volumeGroup, volumeName, target: storeOf(targetRef) },
      ["recoveryPoint", "time", "sizeBytes", "bytesRead", "bytesSent", "digest", "isQuiesced"],
      options,
    );
    this.ref = { target: targetRef, volumeId, recoveryPoint: this.recoveryPoint };
  }
}
