import { z } from "zod";
import { decodeTag } from "../../model/tag.js";

/** Text of a line; "" stands for what was not known. */
const text = z
  .string()
  .transform((value) => (value === "" ? undefined : value))
  .optional();

/** One line of a host's event log, as events.sh writes it. What a later release adds is left out. */
export const eventSchema = z.object({
  /** When, in UTC by the host's clock, such as `2026-11-23T08:55:56Z`. */
  time: z.iso.datetime(),
  /** What was done: create, adopt, grow, attach, detach, release, snapshot, retain, tombstone, delete, reap or purge. */
  action: z.string().min(1),
  /** A change is announced (`begun`) before it is made, and ends as `done` or `failed`. What is not allowed is `refused`. */
  outcome: z.enum(["begun", "done", "failed", "refused"]),
  /** The volume's own id. */
  volume: text,
  /** Id of the snapshot, when it is about one. */
  snapshot: text,
  /** Volume group and name at that time, such as `fast/data`. */
  logicalVolume: text,
  /** LVM's UUID; not known yet when a create begins. */
  uuid: text,
  /** The resource that it was done for: organization, project, stack, kind and name. */
  owner: text.transform((value) => value && decodeTag(value)),
  /** Who did it: user and machine, the stack, and the address of the CI run if there was one. The host's own timer has no stack. */
  actor: z.object({ user: z.string(), stack: z.string().optional(), ci: z.string().optional() }).optional(),
  /** Id of the attachment. */
  attachment: text,
  microVm: text,
  /** Size before a grow. */
  fromBytes: z.number().optional(),
  /** Size after a grow. */
  toBytes: z.number().optional(),
  /** How long a tombstone is kept. */
  graceSeconds: z.number().optional(),
  /** Why an attempt was refused. */
  note: text,
});

/** An event of a host's log: what its line says, and where it stands in the chain. */
export type LogEvent = z.output<typeof eventSchema> & {
  /** SHA-256 of the line's bytes, in hex: what the next line and a stack's state refer to. */
  hash: string;
  /** Number of the line, from 1. */
  line: number;
};
