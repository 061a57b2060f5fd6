import { z } from "zod";
import { backupOutcome } from "./recovery-point.js";

/** What never happened, or was not known to the program that wrote it, is left out or null there, and undefined here. */
const known = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? undefined);

/** ISO 8601 with seconds. */
const time = z.iso.datetime({ offset: true });

const failure = z.object({
  /** One word, such as `cut` for a run that a power cut or a kill ended. */
  code: z.string(),
  /** The action that failed. */
  summary: z.string(),
  /** The state that was found. */
  detail: z.string().default(""),
  /** What to do about it. */
  next: z.string().default(""),
});

/** Why something failed. */
export type BackupFailure = z.output<typeof failure>;

/** Something that was tried, and how it ended. */
const trial = {
  /** When it ended, in UTC. */
  time,
  isSuccess: z.boolean(),
  durationSeconds: known(z.number()),
  failure: known(failure),
};

const drill = z.object({
  ...trial,
  recoveryPoint: known(z.string()),
  /** Bytes that the restore wrote. */
  bytesWritten: known(z.number()),
  /** File system that was found and checked. */
  fileSystem: known(z.string()),
});

/** The backups of one volume to one target, as their host notes them. */
const volumeBackups = z.object({
  /** Id of the volume. */
  volume: z.string(),
  /** The target as a word, see `targetWord`. */
  target: z.string(),
  policy: known(
    z.object({
      name: z.string(),
      /** Age of the newest recovery point above which it is late. */
      maxAgeSeconds: z.number(),
      /** Id of the BackupSchedule. */
      schedule: known(z.string()),
      /** When the schedule was first seen there, in UTC. */
      since: known(time),
    }),
  ),
  running: known(z.object({ kind: z.string(), since: time })),
  /** A run that is due and waits for its turn: as many go as the host may bear, or something else works on the volume. */
  waiting: known(z.object({ kind: z.string(), since: time })),
  lastAttempt: known(z.object({ ...trial, warnings: known(z.array(z.string())) })),
  lastSuccess: known(
    // Its time is when the snapshot was taken.
    backupOutcome.partial().extend({ time }),
  ),
  lastVerification: known(z.object({ ...trial, recoveryPoint: known(z.string()) })),
  lastVerified: known(z.object({ time, recoveryPoint: known(z.string()), pointTime: known(time) })),
  /** How many recovery points the repository had when it was last looked at. */
  repository: known(z.object({ time, points: z.number() })),
  /** What was found wrong with the repository and is not repaired: no recovery point of before counts as verified. */
  damage: known(z.object({ since: time, failure, recoveryPoints: z.array(z.string()).default([]) })),
  lastDrill: known(drill),
  lastDrillSuccess: known(drill),
  lastRetention: known(z.object({ ...trial, removed: known(z.array(z.string())), kept: known(z.number()) })),
  lastPrune: known(z.object(trial)),
});

/** The backups of one volume to one target, as their host notes them. Times are in UTC, by the host's clock. */
export type VolumeBackups = z.output<typeof volumeBackups>;

const timer = z.object({
  /** Name of the systemd unit. */
  unit: z.string(),
  isActive: z.boolean(),
  isEnabled: z.boolean(),
  /** In UTC; undefined when systemd will not start it. */
  nextRun: known(time),
});

/** A timer of a schedule, as systemd sees it. */
export type ScheduleTimer = z.output<typeof timer>;

const schedule = z.object({
  /** Id of the BackupSchedule. */
  schedule: z.string(),
  /** Id of the volume. */
  volume: known(z.string()),
  target: known(z.string()),
  timers: z.array(timer).default([]),
});

const poolUsage = z.object({
  volumeGroup: z.string(),
  /** Name of the thin pool. */
  pool: z.string(),
  sizeBytes: z.number(),
  usedBytes: z.number(),
  /** Per cent of the metadata area in use. */
  metadataPercent: known(z.number()),
  /** How much was in use at runs of the past, the oldest first. */
  samples: z.array(z.object({ time, usedBytes: z.number() })).default([]),
});

/** How full a thin pool is, and was. */
export type PoolUsage = z.output<typeof poolUsage>;

/** The outcome of the backup program's command `status`. */
export const statusOutcome = z.object({
  /** The host's clock, in UTC. */
  time,
  backups: z.array(volumeBackups).default([]),
  schedules: z.array(schedule).default([]),
  pools: z.array(poolUsage).default([]),
});

/** What a host says of all backups of its volumes, whatever stack they belong to. Times are in UTC, by the host's clock. */
export type BackupStatus = z.output<typeof statusOutcome> & {
  /** Name of the Host resource. */
  readonly host: string;
};
