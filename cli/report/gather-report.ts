import type { BackupStatus } from "../../provider/hosts/backups/backup-status.js";
import { listRecoveryPoints } from "../../provider/hosts/backups/call-backup-program.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import { type LiveVolume, liveVolumes } from "../../provider/hosts/live/volumes.js";
import { observeHostNow } from "../../provider/hosts/observe-host.js";
import { askHosts, type HostFailure } from "../stack/ask-hosts.js";
import { askStatuses } from "../stack/ask-statuses.js";
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

/** Asks all that a report tells. What cannot be asked is among the failures, and keeps nothing else from being told. */
export async function gatherReport(state: StackState, hosts: readonly StackHost[]): Promise<Gathered> {
  const asked = await askStatuses(state, hosts);
  // A host that did not answer is not waited for once more.
  const reached = hosts.filter(({ name }) => asked.answers.some(({ host }) => host === name));
  const [live, points] = await Promise.all([
    askHosts(reached, async (host) => liveVolumes(host.name, await observeHostNow(host))),
    askHosts(readable(state.backups, reached), readPoints),
  ]);
  return {
    statuses: asked.answers,
    volumes: live.answers.flat(),
    recoveryPoints: points.answers,
    failures: [...asked.failures, ...live.failures, ...points.failures],
  };
}

interface Question {
  /** Of the host that reads. */
  readonly name: string;
  readonly reader: StackHost;
  readonly backup: StackBackup;
}

/** Each backup with a host to read it: its own, or another one when that is gone, which is when somebody wants to know what there is. */
function readable(backups: readonly StackBackup[], reached: readonly StackHost[]): Question[] {
  return backups.flatMap((backup) => {
    const reader = reached.find(({ machineId }) => machineId === backup.host.machineId) ?? reached[0];
    return reader === undefined ? [] : [{ name: reader.name, reader, backup }];
  });
}

async function readPoints({ reader, backup: { target, volumeId } }: Question): Promise<PointsOf> {
  return { volumeId, target: target.name, points: await listRecoveryPoints(reader, target, volumeId) };
}
