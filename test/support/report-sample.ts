import { buildReport } from "../../cli/report/build-report.js";
import type { Gathered, PointsOf } from "../../cli/report/gather-report.js";
import type { RecoveryPoint } from "../../provider/hosts/backups/recovery-point.js";
import type { LiveVolume } from "../../provider/hosts/live/volumes.js";
import {
  failure,
  goodStatus,
  hostNamed,
  hoursAgo,
  idOf,
  NOW,
  schedule,
  stackOf,
  statusOf,
  timer,
} from "../unit/cli/backup-samples.js";

/** Names that would be more than text in a page, if it let them; the last one is as long as a name can be. */
export const HOSTILE_NAMES = [
  `<script>document.title = "run"</script>`,
  `z"><img src=x onerror="fetch('http://192.0.2.1/')">`,
  `'--></style></title><svg onload=alert(1)>`,
  "\u202egnirts",
  `&lt;b&gt; ${"averylongnamewithoutanyspace".repeat(6)}`,
] as const;

const GIB = 2 ** 30;
const DAY = 24;

const point = (number: number, ageHours: number, isVerified: boolean): RecoveryPoint => ({
  id: `${number}f3a91c04-${ageHours}`,
  volume: idOf(number),
  target: "offsite",
  name: "data",
  stack: "acme/infra/prod",
  host: "db1",
  time: hoursAgo(ageHours),
  sizeBytes: 20 * GIB,
  digest: "0".repeat(64),
  quiesced: true,
  verified: isVerified ? hoursAgo(ageHours - 0.1) : null,
});

/** What a retention of hours, days, weeks and months leaves. */
const AGES = [0, 1, 2, 3, 4, 5, 6]
  .map((day) => day * DAY)
  .concat([14, 21, 28, 60, 90, 120, 150, 180, 240, 300, 360].map((day) => day * DAY));

const pointsOf = (number: number, newestHours: number): PointsOf => ({
  volumeId: idOf(number),
  target: "offsite",
  points: AGES.map((age, index) => point(number, age + newestHours, index % 3 !== 2)).reverse(),
});

const pool = (name: string, usedGiB: number, growthGiB: number) => ({
  volumeGroup: "fast",
  pool: name,
  sizeBytes: 500 * GIB,
  usedBytes: usedGiB * GIB,
  metadataPercent: 14.2,
  samples: Array.from({ length: 40 }, (_, index) => ({
    time: hoursAgo((40 - index) * 12),
    usedBytes: (usedGiB - ((40 - index) / 40) * growthGiB + Math.sin(index) * 2) * GIB,
  })),
});

const live = (number: number, host: string, more: Partial<LiveVolume> = {}): LiveVolume => ({
  host,
  id: idOf(number),
  status: "attached",
  volumeGroup: "fast",
  name: "data",
  pool: "pool",
  uuid: "",
  sizeBytes: 20 * GIB,
  devicePath: "/dev/fast/data",
  isActive: true,
  isOpen: true,
  fileSystem: "ext4",
  labels: {},
  owner: undefined,
  retainedBy: undefined,
  microVm: `vm-${number}`,
  reapAfter: undefined,
  ...more,
});

const drill = (hours: number, durationSeconds: number) => ({
  time: hoursAgo(hours),
  isSuccess: true,
  durationSeconds,
  recoveryPoint: "a",
  bytesWritten: 20 * GIB,
  fileSystem: "ext4",
});

const names = ["orders", "customers", "search-index", "mail", "metrics", "wal", "sessions"];
const schedules = names.map((resource, index) =>
  schedule(index, { resource, host: hostNamed(index < 4 ? "db1" : "web1") }),
);
const lost = schedule(20, { resource: "ledger", host: hostNamed("db2") });
const hostile = HOSTILE_NAMES.map((resource, index) =>
  schedule(30 + index, {
    resource,
    logicalVolume: `fast/${resource}`,
    policy: resource,
    host: hostNamed(HOSTILE_NAMES[1]),
  }),
);
const unbacked = {
  resource: "scratch",
  volumeId: idOf(50),
  logicalVolume: "fast/scratch",
  host: hostNamed("web1"),
};

const late = {
  ...goodStatus(1),
  lastAttempt: {
    time: hoursAgo(10),
    isSuccess: false,
    durationSeconds: 610,
    failure: {
      code: "connection",
      summary: "Cannot send the backup",
      detail:
        "restic ended with exit code 1: Fatal: unable to save snapshot: Put https://s3.eu-central-1.amazonaws.com/backups/prod: dial tcp: lookup s3.eu-central-1.amazonaws.com: no such host",
      next: "Look whether the host reaches the target with 'curl -I https://s3.eu-central-1.amazonaws.com', and at its DNS",
    },
  },
  lastSuccess: { ...goodStatus(1).lastSuccess, time: hoursAgo(82) },
};
const drillFailed = {
  ...goodStatus(2),
  lastDrillSuccess: drill(24 * 37, 412),
  lastDrill: {
    ...drill(24 * 7, 380),
    isSuccess: false,
    failure: {
      code: "mismatch",
      summary: "Cannot trust recovery point 2f3a91c04",
      detail: "segment 311 has SHA-256 9c1f…, and the manifest says 04aa…",
      next: "Choose another recovery point, and run the next backup with a new target",
    },
  },
};

/** A stack with what can happen to backups. */
const sampleState = stackOf([...schedules, lost, ...hostile], {
  volumes: [...stackOf([...schedules, lost, ...hostile]).volumes, unbacked],
});

const sampleGathered: Gathered = {
  statuses: [
    statusOf(
      "db1",
      [
        { ...goodStatus(0), lastDrill: drill(24 * 7, 431), lastDrillSuccess: drill(24 * 7, 431) },
        late,
        drillFailed,
        goodStatus(3),
      ],
      { pools: [pool("pool", 451, 60), pool("cold", 120, 0)] },
    ),
    statusOf(
      "web1",
      [
        { ...goodStatus(4), lastDrill: drill(24 * 3, 9.4), lastDrillSuccess: drill(24 * 3, 9.4) },
        { ...goodStatus(5), running: { kind: "backup", since: hoursAgo(0.1) } },
        {
          ...goodStatus(6),
          lastAttempt: null,
          lastSuccess: null,
          lastVerification: null,
          lastVerified: null,
          policy: { ...goodStatus(6).policy, since: hoursAgo(2) },
        },
      ],
      { pools: [pool("pool", 233, 25)] },
    ),
    statusOf(
      HOSTILE_NAMES[1],
      HOSTILE_NAMES.map((name, index) => ({
        ...goodStatus(30 + index),
        lastAttempt: { time: hoursAgo(1), isSuccess: false, failure: failure("command", name) },
      })),
      {
        schedules: HOSTILE_NAMES.map((_, index) => ({
          schedule: `schedule-${30 + index}`,
          timers: [{ ...timer(`schedule-${30 + index}`), isActive: index > 0 }],
        })),
      },
    ),
  ],
  volumes: [
    ...names.map((_, index) => live(index, index < 4 ? "db1" : "web1")),
    live(50, "web1", { microVm: undefined, sizeBytes: 4 * GIB }),
    ...HOSTILE_NAMES.map((name, index) => live(30 + index, HOSTILE_NAMES[1], { microVm: name })),
  ],
  recoveryPoints: [
    ...[10, 82, 10, 10, 10, 10].map((newest, index) => pointsOf(index, newest)),
    { volumeId: idOf(6), target: "offsite", points: [] },
    pointsOf(20, 34),
    ...HOSTILE_NAMES.map((name, index) => ({
      ...pointsOf(30 + index, 10),
      points: [{ ...point(30 + index, 10, true), id: name }],
    })),
  ],
  failures: [
    {
      host: "db2",
      problem: {
        summary: 'Cannot connect on host "db2"',
        detail: "nothing answers at 10.0.0.12:22 within 20 s",
        next: "Check that the host is up and that its SSH server listens there",
      },
    },
  ],
};

/** What a report on {@link sampleState} says. */
export const sampleModel = buildReport(sampleState, sampleGathered, NOW);
