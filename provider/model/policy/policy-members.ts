import { parseDuration } from "../duration.js";
import { maxAgeSeconds, type PolicySettings } from "./backup-policy.js";

/** What is kept, as the program on the host is told it. */
export interface RetentionRules {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  readonly withinSeconds?: number;
}

/** Members of a schedule's document on the host that come from the settings of its policy; see docs/backup-program.md. */
export interface PolicyMembers {
  readonly limits: {
    readonly deadlineSeconds: number;
    readonly uploadKiBps?: number;
    readonly downloadKiBps?: number;
    readonly waitSeconds: number;
  };
  readonly maxAgeSeconds: number;
  readonly timeZone: string;
  readonly retention?: RetentionRules;
  readonly verification: { readonly afterBackup: boolean; readonly readDataWithinDays?: number };
  readonly hooks: { readonly [name in HookName]?: { readonly command: string; readonly timeoutSeconds: number } } & {
    readonly maxFreezeSeconds?: number;
  };
  /** A secret. */
  readonly heartbeatUrl?: string;
}

type HookName = "before" | "after" | "onFailure";

const HOOKS: readonly HookName[] = ["before", "after", "onFailure"];

/** Scheduled runs wait for others as long as it takes; programs of earlier releases went by this, and a document that changes is an update. */
const WAIT_SECONDS = 600;

/**
 * What the program on the host is told of a policy. Durations become seconds; `policy.maxAgeSeconds` of the document is
 * `maxAgeSeconds` here.
 * @param settings Settings with their defaults and without problems.
 */
export function policyMembers(settings: PolicySettings): PolicyMembers {
  const { deadline, uploadKiBps, downloadKiBps, timeZone, retention, verification, hooks, heartbeatUrl } = settings;
  const { afterBackup, readDataSubset } = verification;
  return defined({
    limits: defined({
      deadlineSeconds: parseDuration(deadline),
      uploadKiBps,
      downloadKiBps,
      waitSeconds: WAIT_SECONDS,
    }),
    maxAgeSeconds: maxAgeSeconds(settings),
    timeZone,
    retention: retention === undefined ? undefined : retentionRules(retention),
    verification: defined({ afterBackup, readDataWithinDays: readDataSubset?.withinDays }),
    hooks: hookMembers(hooks),
    heartbeatUrl,
  });
}

function hookMembers(hooks: PolicySettings["hooks"]): PolicyMembers["hooks"] {
  const commands = HOOKS.flatMap((name) => {
    const hook = hooks?.[name];
    return hook === undefined ? [] : [[name, { command: hook.command, timeoutSeconds: parseDuration(hook.timeout) }]];
  });
  const bound = hooks?.maxFreeze === undefined ? {} : { maxFreezeSeconds: parseDuration(hooks.maxFreeze) };
  return { ...Object.fromEntries(commands), ...bound };
}

/** The rules of a retention alone, which need no look at the calendar. */
export function retentionRules(retention: NonNullable<PolicySettings["retention"]>): RetentionRules {
  const { prune: _prune, within, ...rules } = retention;
  return defined({ ...rules, withinSeconds: within === undefined ? undefined : parseDuration(within) });
}

/** The members that are given. */
type Defined<T> = { [key in keyof T as undefined extends T[key] ? never : key]: T[key] } & {
  [key in keyof T as undefined extends T[key] ? key : never]?: Exclude<T[key], undefined>;
};

function defined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
}
