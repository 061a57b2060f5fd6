import { z } from "zod";
import { duration, formatDuration, parseDuration } from "../duration.js";
import { BEFORE_ALL_RUNS, type Gap, parseSchedule, schedule, timeZone } from "../schedule/schedule.js";

const DAY_SECONDS = 86_400;

const limit = z.int("must be a whole number of KiB/s").min(1, "must be at least 1 KiB/s");

const keep = (kept: string) =>
  z
    .int("must be a whole number")
    .min(1, "must be at least 1; leave the rule out to keep none by it")
    .optional()
    .meta({ description: `Keep ${kept}` });

const KEEP_RULES = ["last", "hourly", "daily", "weekly", "monthly", "yearly", "within"] as const;

const retention = z
  .strictObject({
    last: keep("this many of the newest recovery points"),
    hourly: keep("the newest recovery point of each of this many hours that have one"),
    daily: keep("the newest recovery point of each of this many days that have one"),
    weekly: keep("the newest recovery point of each of this many weeks that have one; weeks begin on Monday"),
    monthly: keep("the newest recovery point of each of this many months that have one"),
    yearly: keep("the newest recovery point of each of this many years that have one"),
    within: duration(1)
      .optional()
      .meta({ description: "Keep all that are younger than this, counted from the newest" }),
    prune: schedule.default("weekly").meta({
      description: "When space of removed recovery points is freed: a schedule. Default weekly",
    }),
  })
  .superRefine((rules, context) => {
    if (KEEP_RULES.some((rule) => rules[rule] !== undefined)) return;
    context.addIssue({
      code: "custom",
      message: `keeps nothing: give at least one of ${KEEP_RULES.join(", ")}, or leave retention out to keep all`,
    });
  })
  // The rule again, for editors.
  .meta({ anyOf: KEEP_RULES.map((rule) => ({ required: [rule] })) });

const verification = z.strictObject({
  afterBackup: z.boolean("must be true or false").default(true).meta({
    description: "Compare each new recovery point with its manifest and mark it as verified. Default true",
  }),
  readDataSubset: z
    .strictObject({
      withinDays: z
        .int("must be a whole number of days")
        .min(1, "must be at least 1 day")
        .max(3650, "must be at most 3650 days")
        .default(30)
        .meta({
          description: "Days within which all data is read again, a part with each run. Default 30",
        }),
    })
    .optional()
    .meta({ description: "Read the repository's data again, in parts. Default: not" }),
  drill: schedule.optional().meta({
    description: "When a recovery point is restored into a scratch volume and checked: a schedule. Default: never",
  }),
});

const hook = (when: string) =>
  z
    .strictObject({
      command: z
        .string("must be text")
        .min(1, "must not be empty")
        .max(16_384, "must be at most 16384 characters long; put it into a file on the host")
        .refine((text) => !/[\0\p{Cs}]/u.test(text), "must be Unicode text without a NUL character")
        .meta({
          description: "Run by /bin/sh -c as root on the host. Its text is no secret: keep those in files there",
        }),
      timeout: duration(1, DAY_SECONDS).default("60s").meta({
        description: "Time for the command, after which it is killed. Default 60s",
      }),
    })
    .optional()
    .meta({ description: `Command that is run ${when}` });

const HOOKS = ["before", "after", "onFailure"] as const;

const hooks = z
  .strictObject({
    before: hook("before the snapshot; when it fails, there is no backup"),
    after: hook("right after the snapshot, always when the one before was started"),
    onFailure: hook("when a run, a prune or a drill failed"),
    // Its default is the host's: a state from before it was there is not changed by it.
    maxFreeze: duration(1, DAY_SECONDS).optional().meta({
      description: "Time for the snapshot; when LVM takes longer, after is called all the same. Default 30s",
    }),
  })
  .refine((given) => HOOKS.some((name) => given[name] !== undefined), "has no hook: give before, after or onFailure")
  .refine(({ after, maxFreeze }) => after !== undefined || maxFreeze === undefined, {
    path: ["maxFreeze"],
    message: "needs after, which is what is called then",
  })
  // The rules again, for editors.
  .meta({ anyOf: HOOKS.map((name) => ({ required: [name] })), dependencies: { maxFreeze: ["after"] } });

const heartbeatUrl = z
  .string("must be text")
  .refine(isHttpUrl, 'must be an http or https URL without user and password, such as "https://hc.example.com/ping/…"');

function isHttpUrl(text: string): boolean {
  if (!/^[\x21-\x7e]{1,2000}$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ["http:", "https:"].includes(protocol) && username === "" && password === "";
}

/** Settings of a backup policy, each by itself; {@link checkPolicy} looks at them together. */
export const policyFields = {
  schedule: schedule.meta({
    description:
      "When backups are made: hourly, daily, weekly, monthly, yearly; systemd's calendar syntax such as `Mon..Fri *-*-* 02:30`; or five fields of cron",
    examples: ["daily", "Mon..Fri *-*-* 02:30", "30 2 * * 1-5"],
  }),
  timeZone: timeZone.default("UTC").meta({
    description:
      "IANA time zone of all schedules of the policy, and of the days that retention counts. Default UTC. A time that the clock leaves out in spring is no run",
    examples: ["Europe/Berlin"],
  }),
  jitter: duration(0, 30 * DAY_SECONDS)
    .optional()
    .meta({
      description:
        "Runs start up to this much later, by chance, so that not all start at once. Default: where runs are at least an hour apart, each timer has a delay of its own of up to 5m, which stays",
    }),
  catchUp: z.boolean("must be true or false").default(true).meta({
    description: "Whether a run that was missed while the host was off is made up for after boot. Default true",
  }),
  deadline: duration(1, 30 * DAY_SECONDS)
    .default("24h")
    .meta({
      description: "Time for a whole run, after which it is stopped and has failed. Default 24h",
    }),
  uploadKiBps: limit.optional().meta({ description: "Upload limit in KiB/s. Default none" }),
  downloadKiBps: limit.optional().meta({ description: "Download limit in KiB/s. Default none" }),
  retention: retention.optional().meta({
    description:
      "Which recovery points are kept: those that any rule keeps, and always the newest verified one. Default: all",
  }),
  verification: verification.prefault({}).meta({ description: "How backups are shown to be good" }),
  hooks: hooks.optional().meta({ description: "Commands on the host around a run" }),
  heartbeatUrl: heartbeatUrl.optional().meta({
    description: "http(s) URL that gets a GET after each run that went well; kept as a secret",
  }),
  maxAge: duration(1).optional().meta({
    description:
      "Age of the newest recovery point above which the backups are late; a volume whose newest verified one is older is not deleted. Default: the longest time between two runs, a tenth more, and the jitter that is given",
  }),
};

const fields = z.strictObject(policyFields);

/** Settings of a backup policy with their defaults; schedules and durations as they were written. */
export type PolicySettings = z.output<typeof fields>;

type Together = Pick<PolicySettings, "schedule" | "timeZone" | "jitter" | "deadline" | "hooks" | "maxAge">;

/** A rule that two settings break together. */
interface PolicyProblem {
  readonly path: readonly (keyof Together | "before" | "after" | "timeout" | "maxFreeze")[];
  readonly message: string;
}

/** What is wrong with settings that are each right by themselves. */
export function policyProblems(settings: Together): PolicyProblem[] {
  const { deadline, hooks: given, jitter, maxAge } = settings;
  const problems: PolicyProblem[] = [];
  const gap = longestGap(settings);
  if (gap === undefined && maxAge === undefined) {
    problems.push({
      path: ["maxAge"],
      message: "is needed, because the schedule has no two runs that it could follow from",
    });
  }
  if (gap !== undefined && maxAge !== undefined && parseDuration(maxAge) < gap.seconds) {
    problems.push({ path: ["maxAge"], message: `must be at least ${formatDuration(gap.seconds)}: ${explain(gap)}` });
  }
  if (gap !== undefined && jitter !== undefined && parseDuration(jitter) > gap.seconds) {
    problems.push({ path: ["jitter"], message: `must be at most ${formatDuration(gap.seconds)}: ${explain(gap)}` });
  }
  const times = [
    { path: ["hooks", "before", "timeout"], time: given?.before?.timeout },
    { path: ["hooks", "after", "timeout"], time: given?.after?.timeout },
    { path: ["hooks", "maxFreeze"], time: given?.maxFreeze },
  ] as const;
  for (const { path, time } of times) {
    if (time === undefined || parseDuration(time) < parseDuration(deadline)) continue;
    problems.push({ path, message: `must be shorter than the deadline, which is ${deadline}` });
  }
  return problems;
}

/** A fleet has many schedules and few texts, and each takes some 50 ms. */
const gaps = new Map<string, Gap | undefined>();

function longestGap(settings: Pick<Together, "schedule" | "timeZone">): Gap | undefined {
  const key = JSON.stringify([settings.schedule, settings.timeZone]);
  if (!gaps.has(key)) {
    gaps.set(key, parseSchedule(settings.schedule, settings.timeZone, BEFORE_ALL_RUNS).longestGap());
  }
  return gaps.get(key);
}

function explain({ seconds, from, to }: Gap): string {
  const at = (time: Date) => time.toISOString().replace(".000Z", "Z");
  return `the schedule has no run for ${formatDuration(seconds)} between ${at(from)} and ${at(to)}`;
}

const TOGETHER: readonly PropertyKey[] = ["schedule", "timeZone", "jitter", "deadline", "hooks", "maxAge"];

/**
 * Adds the rules across fields to a schema that has {@link policyFields} among its own.
 * They are looked at when the settings that they are about are right, whatever else is wrong.
 */
export function checkPolicy<S extends z.ZodObject>(schema: S): S {
  return schema.superRefine(
    (settings, context) => {
      for (const { path, message } of policyProblems(settings as Together)) {
        context.addIssue({ code: "custom", path: [...path], message });
      }
    },
    {
      when: ({ issues }) =>
        issues.every(({ code, path = [] }) =>
          path[0] === undefined ? code === "unrecognized_keys" : !TOGETHER.includes(path[0]),
        ),
    },
  );
}

/** Settings of a backup policy, as BackupPolicy takes them. */
export const policySettings = checkPolicy(fields);

/**
 * Age in seconds of the newest recovery point above which the backups of a volume are late. It does not depend on the day of asking.
 * @throws {RangeError} If it is not given and the schedule has no two runs.
 */
export function maxAgeSeconds(settings: Pick<Together, "schedule" | "timeZone" | "jitter" | "maxAge">): number {
  if (settings.maxAge !== undefined) return parseDuration(settings.maxAge);
  const gap = longestGap(settings);
  if (gap === undefined) throw new RangeError("Cannot tell maxAge: the schedule has no two runs");
  // The tenth covers a jitter that is not given.
  return gap.seconds + Math.ceil(gap.seconds / 10) + parseDuration(settings.jitter ?? "0s");
}
