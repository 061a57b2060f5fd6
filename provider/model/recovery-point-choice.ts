import { z } from "zod";

const CHOICES =
  'must be the id of a recovery point, "latest", "latest-verified" or { atOrBefore: "2026-01-31T12:00:00Z" }';

/** The recovery point that is meant: an id, the newest, the newest that was verified, or the newest at or before a time in UTC. */
export const recoveryPointChoice = z.union(
  [
    z.string().regex(/^(?:latest|latest-verified|[0-9A-Za-z-]{8,64})$/, CHOICES),
    z.strictObject({ atOrBefore: z.iso.datetime(CHOICES) }),
  ],
  CHOICES,
);

/** See {@link recoveryPointChoice}. */
export type RecoveryPointChoice = z.output<typeof recoveryPointChoice>;
