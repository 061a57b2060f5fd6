import { z } from "zod";

/** A state of a volume that can be restored, as the program on the host reports it. */
export const recoveryPoint = z.object({
  id: z.string(),
  /** Id of the volume. */
  volume: z.string(),
  target: z.string(),
  /** Name of the logical volume, stack and host at the time. */
  name: z.string(),
  stack: z.string(),
  host: z.string(),
  /** When its snapshot was taken, in UTC. */
  time: z.string(),
  sizeBytes: z.number(),
  /** SHA-256 over the digests of all segments and the size. */
  digest: z.string(),
  quiesced: z.boolean(),
  /** When it was last verified, in UTC; null when it never was. */
  verified: z.string().nullable(),
});

/** A state of a volume that can be restored. */
export type RecoveryPoint = z.output<typeof recoveryPoint>;

/** What a backup reports: its recovery point and what it took. */
export const backupOutcome = recoveryPoint
  .pick({ id: true, time: true, sizeBytes: true, digest: true, quiesced: true })
  .extend({
    /** Bytes read from the device. */
    bytesRead: z.number(),
    /** Bytes that the repository grew by. */
    bytesSent: z.number(),
    /** Why everything was read; absent when only what had changed was. */
    full: z.string().optional(),
    durationSeconds: z.number(),
    /** What somebody must look after although the backup succeeded, such as known damage of the repository. */
    warnings: z.array(z.string()).optional(),
  });
