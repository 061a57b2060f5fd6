export type {
  BackupFailure,
  BackupStatus,
  PoolUsage,
  ScheduleTimer,
  VolumeBackups,
} from "../provider/hosts/backups/backup-status.js";
export type { RecoveryPoint } from "../provider/hosts/backups/recovery-point.js";
export type { LogEvent } from "../provider/hosts/events/event.js";
export type { Anchor, BrokenEntry, EventLog } from "../provider/hosts/events/event-log.js";
export type { LiveAttachment } from "../provider/hosts/live/attachments.js";
export type { LiveVolume, VolumeStatus } from "../provider/hosts/live/volumes.js";
export type { FirecrackerDrive } from "../provider/model/firecracker-drive.js";
export type { RecoveryPointChoice } from "../provider/model/recovery-point-choice.js";
export { Attachment, type AttachmentArgs } from "./attachment.js";
export { Backup, type BackupArgs } from "./backup.js";
export { BackupPolicy, type BackupPolicyArgs, type PolicyFileTargets } from "./backup-policy.js";
export {
  type BackupHook,
  type BackupHooks,
  type BackupRetention,
  BackupSchedule,
  type BackupScheduleArgs,
  type BackupSettings,
  type BackupVerification,
} from "./backup-schedule.js";
export { backupStatus } from "./backup-status.js";
export {
  BackupTarget,
  type BackupTargetArgs,
  type ExistingBackupTargetArgs,
} from "./backup-target.js";
export type { CloneSource } from "./clone-source.js";
export type { ConnectionArgs, EndpointArgs } from "./connection.js";
export { Host, type HostArgs } from "./host.js";
export { type ListBackupsArgs, listBackups } from "./list-backups.js";
export { placement } from "./placement.js";
export { readAttachments } from "./read-attachments.js";
export { type ReadEventsOptions, readEvents } from "./read-events.js";
export { readVolumes } from "./read-volumes.js";
export type {
  BackupFields,
  BackupInput,
  BackupRef,
  BackupTargetFields,
  BackupTargetInput,
  BackupTargetRef,
  HostFields,
  HostInput,
  HostRef,
  SnapshotFields,
  SnapshotInput,
  SnapshotRef,
  ThinPoolFields,
  ThinPoolInput,
  ThinPoolRef,
  VolumeFields,
  VolumeGroupFields,
  VolumeGroupInput,
  VolumeGroupRef,
  VolumeInput,
  VolumeRef,
} from "./refs.js";
export { Snapshot, type SnapshotArgs } from "./snapshot.js";
export { ThinPool, type ThinPoolArgs } from "./thin-pool.js";

export {
  type Placement,
  type RecoveryPointArgs,
  Volume,
  type VolumeArgs,
  type VolumeSource,
} from "./volume.js";

export { VolumeGroup, type VolumeGroupArgs } from "./volume-group.js";
