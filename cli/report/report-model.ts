import type { BackupStatus, PoolUsage } from "../../provider/hosts/backups/backup-status.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import { type BackupState, backupState } from "../health/backup-state.js";
import { ageSeconds, type BackupView, backupTimer, backupViews, secondsSince } from "../health/backup-view.js";
import { findings, withoutPolicy } from "../health/findings.js";
import type { StackState } from "../stack/stack-state.js";
import type { Gathered } from "./gather-report.js";
import { type Problem, problemsOf } from "./problems.js";
import { projectFull } from "./project-full.js";

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
  extends Pick<BackupView, "volume" | "volumeId" | "logicalVolume" | "target" | "policy" | "maxAgeSeconds"> {
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

/** All that a report says. It holds no secret. */
export interface ReportModel {
  /** Organization, project and stack. */
  readonly stack: string;
  readonly generatedAt: Date;
  readonly problems: readonly Problem[];
  /** Names of volumes under no policy. */
  readonly withoutPolicy: readonly string[];
  readonly hosts: readonly HostModel[];
}

/** What a report says of a stack, with nothing of how it looks. */
export function reportModel(state: StackState, gathered: Gathered, now: Date): ReportModel {
  const views = backupViews(state, gathered.statuses);
  const hosts = state.hosts.map(({ name }) => hostModel(name, views, gathered, now));
  return {
    stack: state.known.stack,
    generatedAt: now,
    problems: problemsOf(gathered.failures, findings(state, gathered.statuses, {}, now), hosts, now),
    withoutPolicy: withoutPolicy(state),
    hosts,
  };
}

function hostModel(name: string, views: readonly BackupView[], gathered: Gathered, now: Date): HostModel {
  const status: BackupStatus | undefined = gathered.statuses.find(({ host }) => host === name);
  return {
    name,
    isReached: status !== undefined,
    pools: (status?.pools ?? []).map((pool) => ({
      ...pool,
      usedShare: pool.sizeBytes === 0 ? 0 : Math.min(1, pool.usedBytes / pool.sizeBytes),
      fullAt: projectFull(pool, now),
    })),
    volumes: views.filter(({ host }) => host === name).map((view) => volumeModel(view, gathered, now)),
  };
}

function volumeModel(view: BackupView, { volumes, recoveryPoints }: Gathered, now: Date): VolumeModel {
  const { volume, volumeId, logicalVolume, target, policy, maxAgeSeconds, status } = view;
  const live = volumes.find(({ id, host }) => id === volumeId && host === view.host);
  const { lastVerified, lastVerification } = status ?? {};
  return {
    volume,
    volumeId,
    logicalVolume,
    target,
    policy,
    state: backupState(view, now),
    sizeBytes: live?.sizeBytes,
    microVm: live?.microVm,
    ageSeconds: ageSeconds(view, now),
    maxAgeSeconds,
    verified: {
      agoSeconds: lastVerified === undefined ? undefined : secondsSince(lastVerified.time, now),
      isFailing: lastVerification?.isSuccess === false,
    },
    drill: drillModel(view, now),
    nextRun: backupTimer(view)?.nextRun,
    points: recoveryPoints.find((each) => each.volumeId === volumeId && each.target === target)?.points,
  };
}

/** The last one that succeeded says how long a restore takes; the last one, whether it would succeed. */
function drillModel({ status }: BackupView, now: Date): DrillModel | undefined {
  const { lastDrill, lastDrillSuccess } = status ?? {};
  const measured = lastDrillSuccess ?? lastDrill;
  const last = lastDrill ?? lastDrillSuccess;
  if (measured === undefined || last === undefined) return undefined;
  return {
    isSuccess: last.isSuccess,
    durationSeconds: measured.isSuccess ? measured.durationSeconds : undefined,
    agoSeconds: secondsSince(last.time, now),
  };
}
