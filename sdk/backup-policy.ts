import * as pulumi from "@pulumi/pulumi";
import { type PolicySettings, policySettings } from "../provider/model/policy/backup-policy.js";
import { PolicyFileError } from "../provider/model/policy-file/policy-file-error.js";
import { type FilePolicy, readPolicyFile } from "../provider/model/policy-file/read-policy-file.js";
import { problemOf } from "../provider/model/refuse-field.js";
import { BackupSchedule, type BackupScheduleArgs, type BackupSettings } from "./backup-schedule.js";
import type { BackupTarget } from "./backup-target.js";
import { checkedInputs } from "./checked-inputs.js";
import { nameOf, selectVolumes } from "./declared-volumes.js";
import { describeNextRuns } from "./next-runs.js";
import { refusal } from "./refusal.js";
import type { Volume } from "./volume.js";

/** When and how backups of some volumes are made. At least one of `volumes` and `match`; a volume is covered when either names it. */
export interface BackupPolicyArgs extends BackupSettings {
  /** Where backups go. */
  readonly target: BackupTarget;
  /** Volumes one by one. */
  readonly volumes?: readonly Volume[];
  /** Volumes that have all these labels, of those declared before the policy. */
  readonly match?: Readonly<Record<string, string>>;
}

/** Where the policies of a file send their backups: all to one target, or each to the one whose key it names. */
export type PolicyFileTargets =
  | { readonly target: BackupTarget }
  | { readonly targets: Readonly<Record<string, BackupTarget>> };

/** Backups of any number of volumes by one set of rules: a BackupSchedule for each volume. */
export class BackupPolicy extends pulumi.ComponentResource {
  /** One for each volume, in the order of their declaration. */
  readonly schedules: readonly BackupSchedule[];

  constructor(name: string, args: BackupPolicyArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("lvm:index:BackupPolicy", name, {}, options);
    const component = `BackupPolicy "${name}"`;
    const { target, volumes, match, ...given } = args;
    const settings = checkedInputs(component, policySettings, given);
    const { heartbeatUrl, ...open } = settings;
    const shared = {
      ...open,
      ...(given.heartbeatUrl === undefined ? {} : { heartbeatUrl }),
      target,
      policy: name,
    } as unknown as Omit<BackupScheduleArgs, "volume">;
    this.schedules = selectVolumes({ chooser: component, volumes: volumes?.map(nameOf), match }).map(
      ([of, volume]) =>
        new BackupSchedule(`${name}:${of}:${target.targetName}`, { ...shared, volume }, { parent: this }),
    );
    (pulumi.output(settings) as pulumi.Output<PolicySettings>).apply((known) => refuseProblems(component, known));
    if (pulumi.runtime.isDryRun()) this.#tellNextRuns(component, settings.schedule, settings.timeZone);
    this.registerOutputs({});
  }

  #tellNextRuns(component: string, schedule: pulumi.Output<string>, timeZone: pulumi.Output<string>): void {
    pulumi.all([schedule, timeZone]).apply(([text, zone]) => {
      const runs = describeNextRuns(text, zone, new Date());
      return pulumi.log.info(`Next runs of ${component}:\n${runs}`, this);
    });
  }

  /**
   * The policies of a YAML or JSON file; `npx pulumi-lvm policy check FILE` checks one without a stack.
   * @param path Relative to the program's folder.
   * @throws {pulumi.RunError} With file, line and column, if the file is wrong, or names a volume, labels or a target that the program
   * has not declared before.
   */
  static fromFile(
    path: string,
    destination: PolicyFileTargets,
    options: pulumi.ComponentResourceOptions = {},
  ): BackupPolicy[] {
    return readFile(path).map((policy) => {
      const { name, match, settings, position } = policy;
      const component = `policy "${name}"`;
      const selected = selectVolumes({ chooser: component, position, volumes: policy.volumes, match });
      const volumes = selected.map(([, volume]) => volume);
      return new BackupPolicy(
        name,
        { ...settings, target: targetOf(policy, destination), volumes } as BackupPolicyArgs,
        options,
      );
    });
  }
}

/** @throws {pulumi.RunError} If settings that are each right by themselves are not so together. */
function refuseProblems(component: string, settings: PolicySettings): void {
  const [issue] = policySettings.safeParse(settings).error?.issues ?? [];
  if (issue !== undefined) throw refusal(problemOf(issue, `Cannot use ${issue.path.join(".")} of ${component}`));
}

function readFile(path: string): FilePolicy[] {
  try {
    return readPolicyFile(path);
  } catch (error) {
    // What is wrong with the file is all that a user needs to see.
    throw error instanceof PolicyFileError ? refusal(error.problem) : error;
  }
}

function targetOf({ name, target, position }: FilePolicy, destination: PolicyFileTargets): BackupTarget {
  const targets =
    "target" in destination ? { [destination.target.targetName]: destination.target } : destination.targets;
  const known = Object.keys(targets);
  const found = target === undefined && known.length === 1 ? targets[known[0] as string] : targets[target ?? ""];
  if (found !== undefined) return found;
  const problem = target === undefined ? "names no target" : `names target "${target}"`;
  throw refusal({
    summary: `${position}: policy "${name}" ${problem}, and the program has ${known.join(", ") || "none"}`,
    detail: "",
    next: "Set target to one of these, or pass the target to BackupPolicy.fromFile",
  });
}
