import type { BackupStatus } from "../../provider/hosts/backups/backup-status.js";
import { listRecoveryPoints } from "../../provider/hosts/backups/call-backup-program.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import { type LiveVolume, liveVolumes } from "../../provider/hosts/live/volumes.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { backupStatuses } from "../stack/backup-statuses.js";
import { callHosts, type HostFailure } from "../stack/call-hosts.js";
import type { StackBackup, StackHost, StackState } from "../stack/stack-state.js";

/** The recovery points of a volume at a target. */
export interface PointsOf {
  readonly volumeId: string;
  /** Name of the BackupTarget. */
  readonly target: string;
  /** The oldest first. */
  readonly points: readonly RecoveryPoint[];
}

/** What the hosts and targets of a stack say. */
export interface Gathered {
  readonly statuses: readonly BackupStatus[];
  /** The volumes of all stacks on the hosts. */
  readonly volumes: readonly LiveVolume[];
  /** Of each volume whose target could be read. */
  readonly recoveryPoints: readonly PointsOf[];
  readonly failures: readonly HostFailure[];
}

/** Gathers all that a report tells. What cannot be read is among the failures, and keeps nothing else from being told. */
export async function gatherReport(state: StackState, hosts: readonly StackHost[]): Promise<Gathered> {
  const statuses = await backupStatuses(state, hosts);
  // A host that did not answer is not waited for once more.
  const reached = hosts.filter(({ name }) => statuses.answers.some(({ host }) => host === name));
  const [live, points] = await Promise.all([
    callHosts(reached, async (host) => liveVolumes(host.name, await observeHostNow(host))),
    callHosts(readable(state.backups, reached), readPoints),
  ]);
  return {
    statuses: statuses.answers,
    volumes: live.answers.flat(),
    recoveryPoints: points.answers,
    failures: [...statuses.failures, ...live.failures, ...points.failures],
  };
}

/** A backup whose recovery points are read. */
interface Reading {
  /** Of the host that reads them. */
  readonly name: string;
  readonly host: StackHost;
  readonly backup: StackBackup;
}

/** Each backup with a host to read it: its own, or another one when that is gone, which is when somebody wants to know what there is. */
function readable(backups: readonly StackBackup[], reached: readonly StackHost[]): Reading[] {
  return backups.flatMap((backup) => {
    const host = reached.find(({ machineId }) => machineId === backup.host.machineId) ?? reached[0];
    return host === undefined ? [] : [{ name: host.name, host, backup }];
  });
}

async function readPoints({ host, backup: { target, volumeId } }: Reading): Promise<PointsOf> {
  return { volumeId, target: target.name, points: await listRecoveryPoints(host, target, volumeId) };
}
