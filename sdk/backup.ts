import type * as pulumi from "@pulumi/pulumi";
import type { BackupTarget, BackupTargetLocation } from "./backup-target.js";
import { LvmResource } from "./resource.js";
import type { Volume } from "./volume.js";

export interface BackupArgs {
  /** The volume. */
  readonly volume: Volume;
  /** Where the backup goes. */
  readonly target: BackupTarget;
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
  /** For {@link VolumeArgs.source}. */
  readonly target: BackupTargetLocation;

  constructor(name: string, args: BackupArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volume, target, ...rest } = args;
    const { volumeId, volumeGroup, name: volumeName } = volume;
    super(
      "backup",
      "Backup",
      name,
      { ...rest, host: volume.location, volumeId, volumeGroup, volumeName, target: target.ref },
      ["recoveryPoint", "time", "sizeBytes", "bytesRead", "bytesSent", "digest", "isQuiesced"],
      options,
    );
    this.target = target.ref;
  }
}
