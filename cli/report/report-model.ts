import type { PoolUsage } from "../../provider/hosts/backups/backup-status.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import type { Problem } from "../../provider/model/problem.js";
import type { BackupState } from "../health/backup-state.js";
import type { BackupView } from "../health/backup-view.js";

export interface PoolModel extends PoolUsage {
  /** Share of its data area in use, 0 to 1. */
  readonly usedShare: number;
  /** When it will be full; undefined when that is not in sight. */
  readonly fullAt: Date | undefined;
}

/** How long the last restore drill took. */
export interface DrillModel {
  readonly isSuccess: boolean;
  readonly durationSeconds: number | undefined;
  readonly agoSeconds: number;
}

/** A volume and its backups to one target. */
export interface VolumeModel
  extends Pick<BackupView, "volumeId" | "logicalVolume" | "target" | "policy" | "maxAgeSeconds"> {
  /** Name of the Volume resource. */
  readonly volume: string;
  readonly state: BackupState;
  /** Undefined when the host does not have it, or was not asked. */
  readonly sizeBytes: number | undefined;
  readonly microVm: string | undefined;
  readonly ageSeconds: number | undefined;
  /** When a recovery point was last verified, and whether the last try succeeded. */
  readonly verified: { readonly agoSeconds: number | undefined; readonly isFailing: boolean };
  readonly drill: DrillModel | undefined;
  /** In UTC. */
  readonly nextRun: string | undefined;
  /** The oldest first; undefined when the target could not be read, or there is none. */
  readonly points: readonly RecoveryPoint[] | undefined;
}

export interface HostModel {
  readonly name: string;
  readonly isReached: boolean;
  readonly pools: readonly PoolModel[];
  readonly volumes: readonly VolumeModel[];
}

/** What somebody must look after about one thing. */
export interface ProblemGroup {
  /** What it is about, such as `data to offsite`; undefined when it is the host itself. */
  readonly about: string | undefined;
  /** Name of the Host resource. */
  readonly host: string;
  /** What is wrong, each with what to do about it. Each part is one line. */
  readonly troubles: readonly Problem[];
}

/** All that a report says. It holds no secret. */
export interface ReportModel {
  /** Organization, project and stack. */
  readonly stack: string;
  readonly generatedAt: Date;
  readonly problems: readonly ProblemGroup[];
  /** Names of volumes under no policy. */
  readonly withoutPolicy: readonly string[];
  readonly hosts: readonly HostModel[];
}
