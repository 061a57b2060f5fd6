import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../provider/model/problem.js";
import { perDeployment } from "./deployment.js";
import { refusal } from "./refusal.js";
import type { Volume, VolumeArgs } from "./volume.js";

/** A choice of volumes of the program. */
export interface VolumeChoice {
  /** Who chooses, for messages, such as `BackupPolicy "nightly"`. */
  readonly chooser: string;
  /** File, line and column of the choice, when it stands in a file. */
  readonly position?: string;
  /** Names in the program. */
  readonly volumes?: readonly string[] | undefined;
  /** Values that all these labels have to have. */
  readonly match?: Readonly<Record<string, string>> | undefined;
}

type Labels = VolumeArgs["labels"];

/** The volumes of the program by name, and the choices among them that were made. */
const ofDeployment = perDeployment(() => ({
  declared: new Map<string, { readonly volume: Volume; readonly labels: Labels }>(),
  choices: [] as VolumeChoice[],
}));

/** Notes a volume of the program, by its name in the program. */
export function noteVolume(name: string, volume: Volume, labels: Labels): void {
  ofDeployment().declared.set(name, { volume, labels });
}

/**
 * Whether a volume that is about to be declared comes too late for a choice by labels that was made before.
 * @throws {pulumi.RunError} If it fits one, which would leave it out without a word.
 */
export function refuseLateVolume(name: string, labels: Labels): void {
  const late = ofDeployment().choices.find((choice) => fits(choice, name, labels));
  if (late === undefined) return;
  throw refusedChoice(late, {
    summary: `Cannot declare Volume "${name}" after ${late.chooser}`,
    detail: `match ${describe(late.match)} fits it, and it would have no backups`,
    next: "Declare policies after all volumes",
  });
}

/** The name in the program of a volume. */
export function nameOf(volume: Volume): string {
  return [...ofDeployment().declared].find(([, each]) => each.volume === volume)?.[0] ?? "";
}

/**
 * The volumes that a choice names or whose labels it matches, by name, each once, in the order of their declaration.
 * @throws {pulumi.RunError} If it names one that there is not, matches none, or cannot tell.
 */
export function selectVolumes(choice: VolumeChoice): [string, Volume][] {
  const { chooser, volumes = [], match } = choice;
  const { declared, choices } = ofDeployment();
  const names = [...declared.keys()];
  const strange = volumes.find((name) => !declared.has(name));
  if (strange !== undefined) {
    throw refusedChoice(choice, {
      summary: `Cannot find Volume "${strange}" of ${chooser}`,
      detail: `the program has declared ${names.join(", ") || "none"} so far`,
      next: "Name one of these, and declare policies after all volumes",
    });
  }
  const matched = names.filter((name) => !volumes.includes(name) && fits(choice, name, declared.get(name)?.labels));
  if (
    match !== undefined &&
    matched.length === 0 &&
    !volumes.some((name) => fits(choice, name, declared.get(name)?.labels))
  ) {
    throw refusedChoice(choice, {
      summary: `Cannot find a volume for match ${describe(match)} of ${chooser}`,
      detail: `labels so far are ${knownLabels()}`,
      next: "Label a volume so, or match one of these, and declare policies after all volumes",
    });
  }
  if (match === undefined && volumes.length === 0) {
    throw refusedChoice(choice, {
      summary: `Cannot use ${chooser}`,
      detail: "it covers no volume",
      next: "Give volumes or match",
    });
  }
  choices.push(choice);
  const chosen = new Set([...volumes, ...matched]);
  return [...declared].filter(([name]) => chosen.has(name)).map(([name, { volume }]) => [name, volume]);
}

/** Whether a choice matches the labels of a volume. */
function fits(choice: VolumeChoice, name: string, labels: Labels): boolean {
  const { chooser, match } = choice;
  if (match === undefined || labels === undefined) return false;
  const values = isLater(labels) ? undefined : (labels as Readonly<Record<string, unknown>>);
  const required = Object.entries(match);
  if (values !== undefined && required.some(([key, value]) => !isLater(values[key]) && values[key] !== value))
    return false;
  const open = required.find(([key]) => values === undefined || isLater(values[key]));
  if (open === undefined) return true;
  throw refusedChoice(choice, {
    summary: `Cannot tell whether match ${describe(match)} of ${chooser} fits Volume "${name}"`,
    detail: `label "${open[0]}" of it is an output, whose value is not known yet`,
    next: "Give the label as plain text; or name volumes one by one in place of match",
  });
}

function knownLabels(): string {
  const all = [...ofDeployment().declared.values()].flatMap(({ labels }) =>
    labels === undefined || isLater(labels) ? [] : Object.entries(labels).filter(([, value]) => !isLater(value)),
  );
  return [...new Set(all.map(([key, value]) => `${key}=${value}`))].sort().join(", ") || "none";
}

const describe = (match: VolumeChoice["match"]): string =>
  Object.entries(match ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");

/** True for what has its value only later. */
const isLater = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

function refusedChoice({ position }: VolumeChoice, { summary, ...rest }: Problem): pulumi.RunError {
  return refusal({ summary: position === undefined ? summary : `${position}: ${summary}`, ...rest });
}
