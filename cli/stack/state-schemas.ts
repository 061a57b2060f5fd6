import { z } from "zod";
import type { BackupTargetRef } from "../../provider/model/backup-target.js";
import type { Connection, HostRef } from "../../provider/model/connection.js";
import { parseDuration } from "../../provider/model/duration.js";
import { maxAgeSeconds } from "../../provider/model/policy/backup-policy.js";

// What a state holds was checked when it was declared. It is read here and not judged again: what has become wrong since, such as a
// schedule whose last run is over, and what another release adds, keeps no command from its work.

const text = z.string();
const optionalText = text.optional();

const endpoint = z.object({
  address: text,
  port: z.number().default(22),
  user: text.default("root"),
  hostKey: z.union([text, z.array(text)]).optional(),
  agent: z.union([z.boolean(), text]).optional(),
  privateKeyFile: optionalText,
  privateKeyEnv: optionalText,
  privateKey: optionalText,
  passphraseEnv: optionalText,
  password: optionalText,
  passwordEnv: optionalText,
});

const connection: z.ZodType<Connection> = endpoint.extend({
  jumpHosts: z.array(endpoint).default([]),
  connectTimeoutSeconds: z.number().default(20),
  runTimeoutSeconds: z.number().default(300),
});

const hostRef: z.ZodType<HostRef> = z.object({ name: text, machineId: text, connection });

const target: z.ZodType<BackupTargetRef> = z.object({
  name: text,
  endpoint: text,
  region: text,
  bucket: text,
  prefix: text,
  accessKeyId: text,
  secretAccessKey: text,
  masterKey: text,
  caCertificate: optionalText,
});

const seconds = text.transform((given, context) => {
  try {
    return parseDuration(given);
  } catch (error) {
    context.addIssue((error as RangeError).message);
    return z.NEVER;
  }
});

const count = z.number().exactOptional();

/** The keep rules as the program on the host takes them. */
const retention = z
  .object({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    within: seconds.exactOptional(),
  })
  .transform(({ within, ...rules }) => (within === undefined ? rules : { ...rules, withinSeconds: within }));

const placed = { host: hostRef };
const event = text.default("");
const volumeIds = { volumeId: text, volumeGroup: text };
const backup = z.object({ ...placed, ...volumeIds, volumeName: text, target });

/** What the commands need of each kind of resource in a state. */
export const STATE_SCHEMAS = {
  Host: z.object({ ...placed, machineId: text }),
  VolumeGroup: z.object(placed),
  ThinPool: z.object({
    ...placed,
    uuid: text.default(""),
    maxOvercommit: z.number().default(1),
    allowUnzeroedChunks: z.boolean().default(false),
  }),
  Volume: z.object({ ...placed, ...volumeIds, name: text, event }),
  Attachment: z.object({ ...placed, event }),
  Snapshot: z.object({ ...placed, event }),
  Backup: backup,
  BackupSchedule: backup
    .extend({
      policy: text,
      schedule: text,
      timeZone: text.default("UTC"),
      jitter: optionalText,
      deadline: seconds.prefault("24h"),
      maxAge: optionalText,
      retention: retention.optional(),
    })
    .transform((settings, context) => {
      try {
        return { ...settings, maxAgeSeconds: maxAgeSeconds(settings) };
      } catch (error) {
        context.addIssue({ code: "custom", path: ["schedule"], message: (error as RangeError).message });
        return z.NEVER;
      }
    }),
} as const;

/** Kinds of resources that a state is read for. */
export type StateKind = keyof typeof STATE_SCHEMAS;

/** What the commands need of a resource of a kind. */
export type StateOutputs<K extends StateKind> = z.output<(typeof STATE_SCHEMAS)[K]>;
