import * as pulumi from "@pulumi/pulumi";
import { noteAnchor } from "./anchors.js";
import { targetNameOf } from "./backup-target.js";
import {
  type BackupTargetFields,
  type BackupTargetInput,
  backupTargetFields,
  storeOf,
  type VolumeFields,
  type VolumeInput,
  volumeFields,
} from "./refs.js";
import { refusal } from "./refusal.js";
import { LvmResource } from "./resource.js";

/** What is kept of a volume's recovery points; what no rule keeps is dropped after each backup. The newest verified one always stays. */
export interface BackupRetention {
  /** The last so many. */
  readonly last?: pulumi.Input<number>;
  /** The last of each of so many hours that have one; likewise days, weeks, months and years. */
  readonly hourly?: pulumi.Input<number>;
  readonly daily?: pulumi.Input<number>;
  readonly weekly?: pulumi.Input<number>;
  readonly monthly?: pulumi.Input<number>;
  readonly yearly?: pulumi.Input<number>;
  /** All within this time before the newest, such as `"14d"`. */
  readonly within?: pulumi.Input<string>;
  /** When the room of what was dropped is given back. Default `"weekly"`. */
  readonly prune?: pulumi.Input<string>;
}

/** How backups are proved. */
export interface BackupVerification {
  /** Whether each recovery point is compared with its manifest as soon as it is made. Default true. */
  readonly afterBackup?: pulumi.Input<boolean>;
  /** Read all stored data again within so many days (default 30), a share after each backup. Default: not. */
  readonly readDataSubset?: pulumi.Input<{ readonly withinDays?: pulumi.Input<number> }>;
  /** When the newest recovery point is restored into a scratch volume in the volume's thin pool. Default: never. */
  readonly drill?: pulumi.Input<string>;
}

/** A command that the host runs, as root, with `/bin/sh -c`. */
export interface BackupHook {
  readonly command: pulumi.Input<string>;
  /** Time that it gets. Default `"60s"`. */
  readonly timeout?: pulumi.Input<string>;
}

/** What is run around a backup. */
export interface BackupHooks {
  /** Before the snapshot, such as a freeze of the guest. Fails the run when it fails. */
  readonly before?: pulumi.Input<BackupHook>;
  /** At once after the snapshot, and always when `before` was started. */
  readonly after?: pulumi.Input<BackupHook>;
  /** When any run fails. */
  readonly onFailure?: pulumi.Input<BackupHook>;
  /** Time for the snapshot, after which `after` is called though LVM is not done, and the run has failed. Default `"30s"`. */
  readonly maxFreeze?: pulumi.Input<string>;
}

/** When and how backups are made, kept and proved. Durations are such as `"90s"`, `"26h"`, `"2w"` or `"1d12h"`. */
export interface BackupSettings {
  /** A word such as `"daily"`, systemd's calendar syntax such as `"Mon..Fri 02:30"`, or five fields of cron. */
  readonly schedule: pulumi.Input<string>;
  /** Time zone of all times, such as `"Europe/Berlin"`. Default `"UTC"`. */
  readonly timeZone?: pulumi.Input<string>;
  /**
   * Each run is late by a random time up to this. Default: where runs are at least an hour apart, each timer has a delay of its own of up
   * to five minutes, which stays; else none.
   */
  readonly jitter?: pulumi.Input<string>;
  /** Whether a run that was missed while the host was off is made up for after its boot. Default true. */
  readonly catchUp?: pulumi.Input<boolean>;
  /** Time that a run gets. Default `"24h"`. */
  readonly deadline?: pulumi.Input<string>;
  /** Upload limit in KiB/s. Default none. */
  readonly uploadKiBps?: pulumi.Input<number>;
  /** Download limit in KiB/s. Default none. */
  readonly downloadKiBps?: pulumi.Input<number>;
  /** What is kept. Default: everything. */
  readonly retention?: pulumi.Input<BackupRetention>;
  readonly verification?: pulumi.Input<BackupVerification>;
  readonly hooks?: pulumi.Input<BackupHooks>;
  /** http or https URL that is asked after each success; kept as a secret. */
  readonly heartbeatUrl?: pulumi.Input<string>;
  /** Age above which the newest backup is late, and above which the newest verified one keeps the volume from being deleted. Default: the longest time between two runs, a tenth more, and the jitter that is given. */
  readonly maxAge?: pulumi.Input<string>;
}

export interface BackupScheduleArgs extends BackupSettings {
  /** The volume, or the `ref` of one of another stack. */
  readonly volume: VolumeInput;
  /** Where backups go: a target, or the `ref` of one of another stack. */
  readonly target: BackupTargetInput;
  /** Name of the policy, which status and metrics carry. Default: the resource's name. */
  readonly policy?: pulumi.Input<string>;
}

/**
 * Backups of one volume that its host makes by itself. Deleting it ends them and keeps the recovery points; a run under way goes on to its
 * end. A BackupPolicy declares one for each of its volumes.
 */
export class BackupSchedule extends LvmResource {
  declare readonly volumeId: pulumi.Output<string>;
  declare readonly policy: pulumi.Output<string>;
  /** Its id, which the units on the host carry: `pulumi-lvm-backup@<id>.timer`. */
  declare readonly scheduleId: pulumi.Output<string>;

  constructor(name: string, args: BackupScheduleArgs, options: pulumi.CustomResourceOptions = {}) {
    const { volume, target, heartbeatUrl, ...rest } = args;
    const volumeRef = volumeFields(volume, `volume of BackupSchedule "${name}"`);
    const targetRef = backupTargetFields(target, `target of BackupSchedule "${name}"`);
    const { host, id: volumeId, volumeGroup, name: volumeName } = volumeRef;
    refuseSecond(name, { volume: volumeRef, target: targetRef, targetName: targetNameOf(target) });
    super(
      "backupSchedule",
      "BackupSchedule",
      name,
      {
        ...rest,
        policy: rest.policy ?? name,
        ...(heartbeatUrl === undefined ? {} : { heartbeatUrl: pulumi.secret(heartbeatUrl) }),
        ...{ host, volumeId, volumeGroup, volumeName },
        isThin: volumeRef.isThin.apply((isThin) => isThin ?? refuseOldRef(name)),
        target: storeOf(targetRef),
        lockDays: targetRef.lockDays,
      },
      ["scheduleId", "recordedOwner", "document", "timers"],
      options,
    );
    noteAnchor(
      host,
      `BackupSchedule "${name}"`,
      this.scheduleId.apply(() => ""),
    );
  }
}

function refuseOldRef(name: string): never {
  throw refusal({
    summary: `Cannot use volume of BackupSchedule "${name}"`,
    detail: "its ref does not say whether it is in a thin pool: an older release of pulumi-lvm exported it",
    next: "Run pulumi up in the stack that declares the volume, with this release",
  });
}

interface Scheduled {
  readonly volume: VolumeFields;
  readonly target: BackupTargetFields;
  readonly targetName: string | undefined;
}

const scheduled = new WeakMap<VolumeFields, Map<BackupTargetFields, string>>();

/**
 * Two schedules of one volume at one target would drop each other's recovery points.
 * @throws {pulumi.RunError} If this is the second.
 */
function refuseSecond(name: string, { volume, target, targetName }: Scheduled): void {
  const targets = scheduled.get(volume) ?? new Map<BackupTargetFields, string>();
  const first = targets.get(target);
  if (first !== undefined) {
    const where = targetName === undefined ? "the same target" : `target "${targetName}"`;
    throw refusal({
      summary: `Cannot declare BackupSchedule "${name}"`,
      detail: `"${first}" is one of the same volume at ${where}, and each would drop what the other keeps`,
      next: "Put the volume under one policy, or give one of them another target",
    });
  }
  scheduled.set(volume, targets.set(target, name));
}
