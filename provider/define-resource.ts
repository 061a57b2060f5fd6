import type { z } from "zod";
import type { Declarations } from "./declarations.js";
import type { Observation } from "./hosts/observation/observation.js";
import type { Step } from "./hosts/script/script.js";
import type { Problem } from "./model/problem.js";

/** A problem that can be known at preview. */
export interface Failure {
  readonly property: string;
  readonly problem: Problem;
}

/** What a resource hands to the lifecycle for a change: everything of a step but what the lifecycle knows itself. */
export type StepRequest = Pick<Step, "title" | "call" | "variables" | "seconds" | "onLine"> & {
  /** Name of its script in `provider/resources`, without ending; the definition's when left out. */
  readonly script?: string;
};

/** A step outside the host's lock. */
export type WorkRequest = StepRequest & {
  /** Whether it takes as long as its data, such as a restore, so that others must not wait for it. */
  readonly isLong: boolean;
};

/** What is known of a resource when its outputs are made. */
export interface OutputContext<I, O> {
  readonly id: string;
  readonly inputs: I;
  readonly observation: Observation;
  /** Facts that the step reported; empty for a read. */
  readonly facts: ReadonlyMap<string, string>;
  /** The outputs of the state; undefined when the resource has just been made. */
  readonly previous: O | undefined;
}

/**
 * The contract of a resource's handler. The lifecycle does the rest: schema, unknown values, diff, batching, errors.
 * Create and update are one reconcile: the same step, sent with the id of the state when there is one.
 */
export interface ResourceDefinition<S extends z.ZodType = z.ZodType, O extends object = object> {
  /** Name of its script in `provider/resources`, without ending. */
  readonly script: string;
  /** What messages call it, such as `volume`. */
  readonly noun: string;
  readonly inputs: S;
  /** Everything about the inputs that can be known at preview, given the host as it is. */
  check?(inputs: z.output<S>, observation: Observation, declarations: Declarations): Failure[];
  /**
   * What contradicts other resources of the program, and notes this one for those that come after it. Needs no host.
   * @param known The inputs that are known: what is still to be made has no id at the first preview.
   */
  compare?(known: Partial<z.output<S>>, declarations: Declarations): Failure[];
  /** Notes what this resource will bring about, for the checks of those that come after it. Needs no host. */
  declare?(inputs: z.output<S>, declarations: Declarations): void;
  /**
   * The identities of all that the host shows of an owner, by the rule of `identityOf`: what an older release made goes by that. Left out
   * where a host shows nothing of the resource.
   */
  identitiesOf?(owner: string, observation: Observation): string[];
  /** The step that makes the host match. `id` is undefined on create. */
  reconcile(inputs: z.output<S>, id: string | undefined): StepRequest;
  /**
   * What only a program on the host can tell of the inputs at preview. Asked when {@link check} had no complaint.
   * @param previous What was asked for last time; undefined for a resource that is new.
   * @throws {HostError} If it cannot be asked.
   */
  checkOnHost?(inputs: z.output<S>, observation: Observation, previous: z.output<S> | undefined): Promise<Failure[]>;
  /**
   * A step that runs outside the host's lock, under one of this resource, when the host shows that one is due.
   * `previous` is what the state holds; undefined when the resource has just been made.
   */
  longStep?(
    inputs: z.output<S>,
    id: string,
    observation: Observation,
    previous: O | undefined,
  ): WorkRequest | undefined;
  /** Id of what the reconcile step made or found. */
  idOf(facts: ReadonlyMap<string, string>, observation: Observation): string;
  /**
   * The outputs, which hold the inputs too; undefined when the resource is not on the host.
   * @throws If the host does not show enough to tell.
   */
  outputs(context: OutputContext<z.output<S>, O>): O | undefined;
  /** Changes between what was asked for and what is asked for now that cannot be made in place. */
  refuse?(before: z.output<S>, after: z.output<S>): Failure[];
  /** What differs beyond the inputs: names of outputs that a reconcile would change, or would refuse to. */
  drift?(inputs: z.output<S>, outputs: O): string[];
  /** The step that lets go of it; undefined when nothing on the host or in a store has to change. */
  remove(outputs: O, id: string): StepRequest | undefined;
}

/** Ties the types of a definition together. */
export function defineResource<S extends z.ZodType, O extends object>(
  definition: ResourceDefinition<S, O>,
): ResourceDefinition<S, O> {
  return definition;
}
