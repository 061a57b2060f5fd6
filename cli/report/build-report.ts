import type { BackupStatus } from "../../provider/hosts/backups/backup-status.js";
import { backupState } from "../health/backup-state.js";
import { ageSeconds, type BackupView, backupTimer, backupViews, secondsSince } from "../health/backup-view.js";
import { findings, withoutPolicy } from "../health/findings.js";
import type { StackState } from "../stack/stack-state.js";
import type { Gathered } from "./gather-report.js";
import { problemsOf } from "./problems.js";
import { projectFull } from "./project-full.js";
import type { DrillModel, HostModel, ReportModel, VolumeModel } from "./report-model.js";

/** What a report says of a stack, with nothing of how it looks. */
export function buildReport(state: StackState, gathered: Gathered, now: Date): ReportModel {
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
  const { resource, volumeId, logicalVolume, target, policy, maxAgeSeconds, status } = view;
  const live = volumes.find(({ id, host }) => id === volumeId && host === view.host);
  const { lastVerified, lastVerification } = status ?? {};
  return {
    volume: resource,
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
