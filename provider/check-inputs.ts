import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Failure, ResourceDefinition } from "./define-resource.js";
import type { Change } from "./model/change.js";
import type { CommonInputs } from "./model/common.js";
import { describeProblem } from "./model/problem.js";
import { problemOf } from "./model/refuse-field.js";
import { hasUnknown, isUnknown } from "./model/unknown.js";

/** A failure as Pulumi's engine takes it. */
export interface EngineFailure {
  readonly property: string;
  readonly reason: string;
}

/** What the engine hands over: values of any kind by their names. */
export type Bag = Record<string, unknown>;
export type Inputs = CommonInputs & Bag;
export type Outputs = CommonInputs & Bag;
/** A definition as the lifecycle sees it, whatever resource it is of. */
export type Definition = ResourceDefinition<z.ZodType<Inputs>, Outputs>;

/** The value at a path; where the path ends early, what is there. */
const at = (bag: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value, key) => (typeof value === "object" && value !== null ? (value as Bag)[String(key)] : value), bag);

/** The schema's complaints, but for those about values that are not known yet. */
export function invalid(definition: Definition, bag: Bag): Failure[] {
  const parsed = definition.inputs.safeParse(bag);
  if (parsed.success) return [];
  return (
    parsed.error.issues
      // A rule of the whole, such as "no disk twice", complains of what holds unknown values at any depth.
      .filter((issue) => !(issue.code === "custom" ? hasUnknown : isUnknown)(at(bag, issue.path)))
      .map((issue) => ({
        property: issue.path.join("."),
        problem: problemOf(issue, issue.path.join(".") || definition.noun),
      }))
  );
}

/**
 * Changes of an existing resource that cannot be made in place. Found by check and not by diff, which a refresh calls too: what is on
 * the host must always be readable.
 */
export function refusedChanges(definition: Definition, olds: Bag, news: Bag): Failure[] {
  const before = definition.inputs.safeParse(olds);
  const after = definition.inputs.safeParse(news);
  if (!before.success || !after.success) return [];
  const { host } = before.data;
  const moved = [host.machineId, after.data.host.machineId];
  if (!moved.some(isUnknown) && moved[0] !== moved[1]) {
    return [
      {
        property: "host",
        problem: {
          summary: `Cannot move the ${definition.noun} from host "${host.name}" to host "${after.data.host.name}"`,
          detail: "its data is there, and nothing moves by itself",
          next: `Set host back, or declare a new ${definition.noun} on "${after.data.host.name}"`,
        },
      },
    ];
  }
  const failures = changes(definition).flatMap(([key, change]): Failure[] => {
    const [was, is] = [before.data[key], after.data[key]];
    if (typeof change !== "object" || hasUnknown(is) || isDeepStrictEqual(was, is)) return [];
    const problem = {
      summary: `Cannot change ${key} of the ${definition.noun} on host "${host.name}"`,
      detail: `it is ${JSON.stringify(was)} and the program says ${JSON.stringify(is)}`,
      next: change.refuse,
    };
    return [{ property: key, problem }];
  });
  // A placeholder would pass for another value than the one that is there.
  if (!isKnown(news)) return failures;
  return [...failures, ...(definition.refuse?.(before.data, after.data) ?? [])];
}

/** Whether a resource can be judged by its inputs: all are known, but maybe for the machine-id of its host. */
export function isKnown(bag: Bag): boolean {
  return !Object.entries(bag).some(([key, value]) => hasUnknown(key === "host" ? at(value, ["connection"]) : value));
}

/**
 * The inputs of what exists, on the machine that it is on: it never moves to another. A preview that updates its Host does not know the
 * machine-id, and would otherwise show a change of all that is there. Which of its stack's Hosts made it matters no more, either.
 */
export function onItsMachine(news: Bag, olds: Bag): Bag {
  const { host } = news;
  if (typeof host !== "object" || host === null) return news;
  const { identity: _made, ...there } = host as Bag;
  const machineId = isUnknown(there["machineId"]) ? at(olds, ["host", "machineId"]) : there["machineId"];
  return { ...news, host: { ...there, machineId } };
}

/** What a change of each field does. */
export const changes = (definition: Definition): [string, Change][] =>
  Object.entries((definition.inputs as unknown as z.ZodObject).shape).map(([key, schema]) => [
    key,
    (schema as z.ZodType).meta()?.change ?? "update",
  ]);

/** The outputs of the state read as inputs: what was asked for last time. */
export function parseInputs(definition: Definition, bag: Bag): Inputs {
  const keys = new Set(changes(definition).map(([key]) => key));
  const inputs = Object.fromEntries(Object.entries(bag).filter(([key]) => keys.has(key)));
  // What was right then may be wrong today, such as a schedule whose last run is over: it is on the host all the same.
  return definition.inputs.safeParse(inputs).data ?? (inputs as Inputs);
}

/**
 * The engine prints the value of the property that a failure names: worth it for a number or a word, and no good for a whole object,
 * which may hold secrets.
 */
export function withoutValue({ property, problem }: Failure, bag: Bag): EngineFailure {
  return {
    property: ["string", "number"].includes(typeof bag[property]) ? property : "",
    reason: describeProblem(problem),
  };
}
