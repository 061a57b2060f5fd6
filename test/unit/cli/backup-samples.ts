import type { StackSchedule, StackState } from "../../../cli/stack/stack-state.js";
import { type BackupStatus, statusOutcome } from "../../../provider/hosts/backups/backup-status.js";
import { backupTargetRef } from "../../../provider/model/backup-target.js";
import type { HostRef } from "../../../provider/model/connection.js";
import { hostRef, sampleInputs } from "../../support/samples.js";

/** When everything in these samples is looked at. */
export const NOW = new Date("2026-11-23T12:00:00Z");

/** A time some hours before {@link NOW}, as a host writes it; after it when negative. */
export function hoursAgo(hours: number): string {
  return new Date(NOW.getTime() - hours * 3_600_000).toISOString().replace(".000Z", "Z");
}

/** A host by its name. */
export const hostNamed = (name: string): HostRef => ({
  ...hostRef,
  name,
  machineId: Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32),
});

/** The id of a volume by a number. */
export const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** A target by its name. */
const targetNamed = (name: string) =>
  backupTargetRef.parse({ ...(sampleInputs.backup as { target: object }).target, name });

/** Volume number `number` under the policy "nightly", with its BackupSchedule's id. */
export function schedule(number: number, more: Partial<StackSchedule> = {}): StackSchedule {
  const resource = more.resource ?? `data${number}`;
  return {
    id: `schedule-${number}`,
    resource,
    volumeId: idOf(number),
    logicalVolume: `fast/${resource}`,
    host: hostNamed("db1"),
    target: targetNamed("offsite"),
    policy: "nightly",
    schedule: "daily",
    maxAgeSeconds: 26 * 3600,
    deadlineSeconds: 24 * 3600,
    timeZone: "UTC",
    retention: undefined,
    ...more,
  };
}

/** A stack of volumes under policies, on their hosts. */
export function stackOf(schedules: readonly StackSchedule[], more: Partial<StackState> = {}): StackState {
  const hosts = [...new Map(schedules.map(({ host }) => [host.name, host])).values()];
  return {
    hosts: hosts.map((host) => ({ ...host, anchors: [] })),
    volumes: schedules.map(({ resource, volumeId, logicalVolume, host }) => ({
      resource,
      volumeId,
      logicalVolume,
      host,
    })),
    pools: new Map(),
    backups: schedules,
    schedules,
    known: {
      stack: "acme/infra/prod",
      volumes: new Set(),
      attachments: new Set(),
      snapshots: new Set(),
      pools: new Set(),
      volumeGroups: new Set(),
    },
    unread: [],
    ...more,
  };
}

/** A timer that runs. */
export const timer = (id: string, kind = "backup") => ({
  unit: `pulumi-lvm-${kind}@${id}.timer`,
  isActive: true,
  isEnabled: true,
  nextRun: hoursAgo(-14) as string | null,
});

/** The status of a volume whose backups are as they should be: backed up 10 hours ago, and verified, with 26 hours allowed. */
export const goodStatus = (number: number) => ({
  volume: idOf(number),
  target: "offsite",
  policy: { name: "nightly", maxAgeSeconds: 26 * 3600, schedule: `schedule-${number}`, since: hoursAgo(24 * 30) },
  running: null,
  lastAttempt: { time: hoursAgo(9.9), isSuccess: true, durationSeconds: 312.5 },
  lastSuccess: {
    id: `point-${number}`,
    time: hoursAgo(10),
    sizeBytes: 20 * 2 ** 30,
    bytesRead: 2 ** 30,
    bytesSent: 2 ** 29,
  },
  lastVerification: { time: hoursAgo(9.9), isSuccess: true, recoveryPoint: `point-${number}`, durationSeconds: 30 },
  lastVerified: { time: hoursAgo(9.9), recoveryPoint: `point-${number}`, pointTime: hoursAgo(10) },
  repository: { time: hoursAgo(9.9), points: 12 },
});

/** Why something failed. */
export const failure = (code: string, detail: string) => ({
  code,
  summary: "Cannot back up the volume",
  detail,
  next: "Mend it, and start it again",
});

/** What a host answers, read as the commands read it. */
export function statusOf(
  host: string,
  backups: readonly object[],
  more: { schedules?: readonly object[]; pools?: readonly object[]; time?: string } = {},
): BackupStatus {
  const schedules = backups.map((each) => {
    const { policy, volume, target } = each as Partial<ReturnType<typeof goodStatus>>;
    const id = policy?.schedule ?? "";
    return { schedule: id, volume, target, timers: [timer(id)] };
  });
  return { host, ...statusOutcome.parse({ time: hoursAgo(0), backups, schedules, ...more }) };
}
