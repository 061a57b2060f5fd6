import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type HostRef, hostRef } from "../provider/model/connection.js";
import {
  backupRef,
  sharedTargetRef,
  snapshotRef,
  thinPoolRef,
  volumeGroupRef,
  volumeRef,
} from "../provider/model/refs.js";
import type { Backup } from "./backup.js";
import type { BackupTarget } from "./backup-target.js";
import { protectConnection } from "./connection.js";
import type { Host } from "./host.js";
import { refReader } from "./ref-reader.js";
import type { Snapshot } from "./snapshot.js";
import type { ThinPool } from "./thin-pool.js";
import type { Volume } from "./volume.js";
import type { VolumeGroup } from "./volume-group.js";

export type { HostRef };
/** A volume group as another stack sees it: the `ref` of a VolumeGroup, exported. */
export type VolumeGroupRef = z.input<typeof volumeGroupRef>;
/** A thin pool as another stack sees it: the `ref` of a ThinPool, exported. */
export type ThinPoolRef = z.input<typeof thinPoolRef>;
/** A volume as another stack sees it: the `ref` of a Volume, exported. */
export type VolumeRef = z.input<typeof volumeRef>;
/** A snapshot as another stack sees it: the `ref` of a Snapshot, exported. */
export type SnapshotRef = z.input<typeof snapshotRef>;
/** A target as another stack sees it: the `ref` of a BackupTarget, exported. It holds secrets. */
export type BackupTargetRef = z.input<typeof sharedTargetRef>;
/** A recovery point as another stack sees it: the `ref` of a Backup, exported. It holds the secrets of its target. */
export type BackupRef = z.input<typeof backupRef>;

/** An object of outputs and not an output of an object: at preview some of them are known before others. */
type Outputs<R> = { readonly [key in keyof R]-?: pulumi.Output<R[key]> };

export type HostFields = Outputs<HostRef>;
type OnHost<R extends { readonly host: unknown }> = Outputs<Omit<R, "host">> & { readonly host: HostFields };
export type VolumeGroupFields = OnHost<VolumeGroupRef>;
export type ThinPoolFields = OnHost<ThinPoolRef>;
export type VolumeFields = OnHost<VolumeRef>;
export type SnapshotFields = OnHost<SnapshotRef>;
export type BackupTargetFields = Outputs<BackupTargetRef>;
export type BackupFields = Outputs<Omit<BackupRef, "target">> & { readonly target: BackupTargetFields };

/** A ref field by field: its values may come from anywhere, and its host may be a Host. */
type RefArgs<R> = {
  readonly [key in keyof R]: key extends "host"
    ? HostInput
    : key extends "target"
      ? BackupTargetInput
      : pulumi.Input<R[key]>;
};

/** A Host of this program, or the `ref` of one, also of another stack or written by hand. */
export type HostInput = Host | RefArgs<z.input<typeof hostRef>> | pulumi.Input<z.input<typeof hostRef>>;
/** A VolumeGroup of this program, or the `ref` of one, also of another stack or written by hand. */
export type VolumeGroupInput = VolumeGroup | RefArgs<VolumeGroupRef> | pulumi.Input<VolumeGroupRef>;
/** A ThinPool of this program, or the `ref` of one, also of another stack or written by hand. */
export type ThinPoolInput = ThinPool | RefArgs<ThinPoolRef> | pulumi.Input<ThinPoolRef>;
/** A Volume of this program, or the `ref` of one, also of another stack or written by hand. */
export type VolumeInput = Volume | RefArgs<VolumeRef> | pulumi.Input<VolumeRef>;
/** A Snapshot of this program, or the `ref` of one, also of another stack or written by hand. */
export type SnapshotInput = Snapshot | RefArgs<SnapshotRef> | pulumi.Input<SnapshotRef>;
/** A BackupTarget of this program, or the `ref` of one, also of another stack or written by hand. */
export type BackupTargetInput = BackupTarget | RefArgs<BackupTargetRef> | pulumi.Input<BackupTargetRef>;
/** A Backup of this program, or the `ref` of one, also of another stack or written by hand. */
export type BackupInput = Backup | RefArgs<BackupRef> | pulumi.Input<BackupRef>;

export const hostFields = refReader<HostFields>({
  kind: "host",
  className: "Host",
  schema: hostRef,
  protect: { connection: protectConnection },
});

export const volumeGroupFields = refReader<VolumeGroupFields>({
  kind: "volumeGroup",
  className: "VolumeGroup",
  schema: volumeGroupRef,
  nested: { host: hostFields },
});

export const thinPoolFields = refReader<ThinPoolFields>({
  kind: "thinPool",
  className: "ThinPool",
  schema: thinPoolRef,
  nested: { host: hostFields },
});

export const volumeFields = refReader<VolumeFields>({
  kind: "volume",
  className: "Volume",
  schema: volumeRef,
  nested: { host: hostFields },
});

export const snapshotFields = refReader<SnapshotFields>({
  kind: "snapshot",
  className: "Snapshot",
  schema: snapshotRef,
  nested: { host: hostFields },
});

export const backupTargetFields = refReader<BackupTargetFields>({
  kind: "backupTarget",
  className: "BackupTarget",
  schema: sharedTargetRef,
  protect: { secretAccessKey: pulumi.secret, masterKey: pulumi.secret },
});

export const backupFields = refReader<BackupFields>({
  kind: "backup",
  className: "Backup",
  schema: backupRef,
  nested: { target: backupTargetFields },
});

/** A target as an input of a resource on a host, which has no use for the rest. */
export function storeOf({ lockDays: _, ...store }: BackupTargetFields): pulumi.Inputs {
  return store;
}
