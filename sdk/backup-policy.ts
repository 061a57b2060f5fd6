import * as pulumi from "@pulumi/pulumi";
import { type PolicySettings, policySettings } from "../provider/model/policy/backup-policy.js";
import { PolicyFileError } from "../provider/model/policy-file/policy-file-error.js";
import { type FilePolicy, readPolicyFile } from "../provider/model/policy-file/read-policy-file.js";
import { problemOf } from "../provider/model/refuse-field.js";
import { BackupSchedule, type BackupScheduleArgs, type BackupSettings } from "./backup-schedule.js";
import { targetNameOf } from "./backup-target.js";
import { type Checked, checkedInputs } from "./checked-inputs.js";
import { nameOf, selectVolumes } from "./declared-volumes.js";
import { describeNextRuns } from "./next-runs.js";
import type { BackupTargetInput, VolumeInput } from "./refs.js";
import { refusal } from "./refusal.js";
import { isVolume, type Volume } from "./volume.js";

/** When and how backups of some volumes are made. At least one of `volumes` and `match`; a volume is covered when either names it. */
export interface BackupPolicyArgs extends BackupSettings {
  /** Where backups go: a target, or the `ref` of one of another stack. */
  readonly target: BackupTargetInput;
  /** Volumes one by one; those of other stacks by names of your choice, such as `{ db: infra.requireOutput("db") }`. */
  readonly volumes?: readonly Volume[] | Readonly<Record<string, VolumeInput>>;
  /** Volumes that have all these labels, of those declared before the policy. */
  readonly match?: Readonly<Record<string, string>>;
}

/** Where the policies of a file send their backups: all to one target, or each to the one whose key it names. */
export type PolicyFileTargets =
  | { readonly target: BackupTargetInput }
  | { readonly targets: Readonly<Record<string, BackupTargetInput>> };

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
    const targetName = targetNameOf(target);
    const suffix = targetName === undefined ? "" : `:${targetName}`;
    this.schedules = volumesOf(component, volumes, match).map(
      ([of, volume]) => new BackupSchedule(`${name}:${of}${suffix}`, { ...shared, volume }, { parent: this }),
    );
    (pulumi.output(settings) as pulumi.Output<PolicySettings>).apply((known) => refuseProblems(component, known));
    if (pulumi.runtime.isDryRun()) this.#tellNextRuns(component, settings);
    this.registerOutputs({});
  }

  #tellNextRuns(component: string, settings: Checked<(typeof policySettings)["shape"]>): void {
    pulumi.all([settings.schedule, settings.timeZone, settings.jitter]).apply(([text, zone, jitter]) => {
      const runs = describeNextRuns(text, zone, jitter, new Date());
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

/**
 * The volumes that a policy covers, by name.
 * @throws {pulumi.RunError} If there is none, or one has no name.
 */
function volumesOf(
  chooser: string,
  volumes: BackupPolicyArgs["volumes"],
  match: BackupPolicyArgs["match"],
): [string, VolumeInput][] {
  if (volumes === undefined || isList(volumes)) {
    if (volumes?.every(isVolume) !== false) return selectVolumes({ chooser, volumes: volumes?.map(nameOf), match });
    throw refusal({
      summary: `Cannot use volumes of ${chooser}`,
      detail: "the list holds something else than a Volume of this program",
      next: "Give volumes of other stacks by names of your choice, such as { db: ref }",
    });
  }
  const named = Object.entries(volumes);
  return named.length > 0 && match === undefined ? named : [...named, ...selectVolumes({ chooser, match })];
}

const isList = (volumes: NonNullable<BackupPolicyArgs["volumes"]>): volumes is readonly Volume[] =>
  Array.isArray(volumes);

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

function targetOf({ name, target, position }: FilePolicy, destination: PolicyFileTargets): BackupTargetInput {
  const targets = "target" in destination ? targetsOf(destination.target) : destination.targets;
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

/** One target by its name. That of a ref is known only later, so that a file which names a target needs `targets`. */
const targetsOf = (target: BackupTargetInput): Readonly<Record<string, BackupTargetInput>> => ({
  [targetNameOf(target) ?? "one of another stack"]: target,
});
