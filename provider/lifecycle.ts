import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Failure, ResourceDefinition, StepRequest } from "./define-resource.js";
import { channelTo } from "./hosts/channels.js";
import { ConnectionError, HostError } from "./hosts/errors.js";
import { observeHost } from "./hosts/observe-host.js";
import type { Step } from "./hosts/script/script.js";
import type { Change } from "./model/change.js";
import type { CommonInputs } from "./model/common.js";
import { hasUnknown, isUnknown } from "./model/unknown.js";
import { planFor } from "./plan.js";

/** The engine's own key for the serialized provider, which is in every property bag of a dynamic resource. */
const PROVIDER_KEY = "__provider";

type Bag = Record<string, unknown>;
type Inputs = CommonInputs & Bag;
type Outputs = CommonInputs & Bag;
type Definition = ResourceDefinition<z.ZodType<Inputs>, Outputs>;

/** The methods that the shell in the state forwards to. Shapes as in `pulumi.dynamic.ResourceProvider`. */
export interface Lifecycle {
  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: Failure[] }>;
  diff(id: string, olds: Bag, news: Bag): Promise<{ changes: boolean; deleteBeforeReplace: boolean }>;
  create(inputs: Bag): Promise<{ id: string; outs: Bag }>;
  read(id: string, props: Bag): Promise<{ id: string; props: Bag }>;
  update(id: string, olds: Bag, news: Bag): Promise<{ outs: Bag }>;
  delete(id: string, props: Bag): Promise<void>;
}

function withoutProvider(bag: Bag): Bag {
  return Object.fromEntries(Object.entries(bag).filter(([key]) => key !== PROVIDER_KEY));
}

const at = (bag: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((value, key) => (typeof value === "object" && value !== null ? (value as Bag)[String(key)] : value), bag);

/** The schema's complaints, but for those about values that are not known yet. */
function invalid(definition: Definition, bag: Bag): Failure[] {
  const parsed = definition.inputs.safeParse(bag);
  if (parsed.success) return [];
  return (
    parsed.error.issues
      // A rule of the whole, such as "no disk twice", complains of what holds unknown values at any depth.
      .filter((issue) => !(issue.code === "custom" ? hasUnknown : isUnknown)(at(bag, issue.path)))
      .map((issue) => ({
        property: issue.path.join("."),
        reason: `${issue.path.join(".") || definition.noun}: ${issue.message}`,
      }))
  );
}

/**
 * Changes of an existing resource that cannot be made in place. Found by check and not by diff, which a refresh calls too: what is on
 * the host must always be readable.
 */
function refusedChanges(definition: Definition, olds: Bag, news: Bag): Failure[] {
  const before = definition.inputs.safeParse(olds);
  const after = definition.inputs.safeParse(news);
  if (!before.success || !after.success) return [];
  const { host } = before.data;
  const moved = [host.machineId, after.data.host.machineId];
  if (!moved.some(isUnknown) && moved[0] !== moved[1]) {
    return [
      {
        property: "host",
        reason: `Cannot move the ${definition.noun} from host "${host.name}" to host "${after.data.host.name}": its data is there, and nothing moves by itself\nSet host back, or declare a new ${definition.noun} on "${after.data.host.name}"`,
      },
    ];
  }
  const failures = changes(definition).flatMap(([key, change]): Failure[] => {
    const [was, is] = [before.data[key], after.data[key]];
    if (typeof change !== "object" || hasUnknown(is) || isDeepStrictEqual(was, is)) return [];
    const reason = `Cannot change ${key} of the ${definition.noun} on host "${host.name}": it is ${JSON.stringify(was)} and the program says ${JSON.stringify(is)}\n${change.refuse}`;
    return [{ property: key, reason }];
  });
  return [...failures, ...(definition.refuse?.(before.data, after.data) ?? [])];
}

const changes = (definition: Definition): [string, Change][] =>
  Object.entries((definition.inputs as unknown as z.ZodObject).shape).map(([key, schema]) => [
    key,
    (schema as z.ZodType).meta()?.change ?? "update",
  ]);

/** The outputs of the state read as inputs: what was asked for last time. */
function parseInputs(definition: Definition, bag: Bag): Inputs {
  const keys = new Set(changes(definition).map(([key]) => key));
  const asked = Object.fromEntries(Object.entries(bag).filter(([key]) => keys.has(key)));
  // What was right then may be wrong today, such as a schedule whose last run is over: it is on the host all the same.
  return definition.inputs.safeParse(asked).data ?? (asked as Inputs);
}

/**
 * The engine prints the value of the property that a failure names: worth it for a number or a word, and no good for a whole object,
 * which may hold secrets.
 */
function withoutValue({ property, reason }: Failure, bag: Bag): Failure {
  return { property: ["string", "number"].includes(typeof bag[property]) ? property : "", reason };
}

/** The host that a resource is on. A Host's own inputs cannot name the machine that it was made on; its state does. */
function hostOf({ host }: CommonInputs, state: Bag | undefined): CommonInputs["host"] {
  const machineId = state?.["machineId"];
  return host.machineId === "" && typeof machineId === "string" ? { ...host, machineId } : host;
}

const step = (definition: Definition, host: CommonInputs["host"], request: StepRequest): Step => ({
  ...request,
  script: `resources/${definition.script}`,
  machineId: isUnknown(host.machineId) ? "" : host.machineId,
});

/** One generic lifecycle for every resource: observe, ensure, sync, report. */
export function lifecycle(definition: Definition): Lifecycle {
  const reconcile = async (inputs: Inputs, id: string | undefined, previous: Outputs | undefined) => {
    const host = hostOf(inputs, previous);
    const channel = channelTo(host);
    const first = await channel.change(step(definition, host, definition.reconcile(inputs, id)));
    const madeId = id ?? definition.idOf(first.facts, first.observation);
    let { observation, facts } = first;
    const outputs = () => {
      const found = definition.outputs({ id: madeId, inputs, observation, facts, previous });
      if (found === undefined) throw new Error(`The ${definition.noun} is missing right after it was made`);
      return found;
    };
    const due = definition.work?.(inputs, madeId, observation, previous);
    if (due !== undefined) {
      try {
        const worked = await channel.work(step(definition, host, due));
        observation = worked.observation;
        facts = new Map([...facts, ...worked.facts]);
      } catch (error) {
        // It exists, unfinished: the state must know it, and the next up goes on.
        const { message, stack } = error as Error;
        // A new error: the one that was caught may be that of a whole batch, and the others have ids of their own.
        const own = new Error(message, { cause: error });
        throw Object.assign(own, { stack, id: madeId, properties: outputs(), reasons: [message] });
      }
    }
    return { id: madeId, outs: outputs() };
  };

  /** Failures that only a look at the host shows. A host that cannot be reached is said once, and is no failure of a preview. */
  const plan = async (inputs: Inputs, previous: Inputs | undefined): Promise<Failure[]> => {
    const plan = planFor(inputs.host);
    definition.announce?.(inputs, plan);
    // After its first change this process is in the middle of an update, and the change itself checks under the lock.
    if (channelTo(inputs.host).hasChanged || definition.plan === undefined) return [];
    try {
      const observation = await observeHost(inputs.host);
      const failures = definition.plan(inputs, observation, plan);
      return failures.length > 0 ? failures : ((await definition.inquire?.(inputs, observation, previous)) ?? []);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      if (!(error instanceof ConnectionError && error.isTransient))
        return [{ property: "host", reason: error.message }];
      warnOnce(error.message);
      return [];
    }
  };

  return {
    async check(olds, news) {
      const bag = withoutProvider(news);
      const failures = invalid(definition, bag);
      if (failures.length === 0) failures.push(...refusedChanges(definition, withoutProvider(olds), bag));
      const isKnown = !Object.entries(bag).some(([key, value]) =>
        hasUnknown(key === "host" ? at(value, ["connection"]) : value),
      );
      if (failures.length === 0 && isKnown) {
        const previous = definition.inputs.safeParse(withoutProvider(olds));
        failures.push(...(await plan(definition.inputs.parse(bag), previous.data)));
      }
      return { inputs: news, failures: failures.map((failure) => withoutValue(failure, bag)) };
    },

    async diff(_id, olds, news) {
      const bag = withoutProvider(news);
      // A replacement asked for by hand must let go of the old one first: both have the same name.
      if (hasUnknown(bag)) return { changes: true, deleteBeforeReplace: true };
      const wanted = definition.inputs.parse(bag);
      const known = olds as Outputs;
      const changed = changes(definition).filter(
        ([key, change]) => change !== "ignore" && !isDeepStrictEqual(wanted[key], olds[key]),
      );
      await refuseOtherMachine(wanted, known);
      const drifted = definition.drift?.(wanted, known) ?? [];
      return { changes: changed.length + drifted.length > 0, deleteBeforeReplace: true };
    },

    async create(inputs) {
      return reconcile(definition.inputs.parse(withoutProvider(inputs)), undefined, undefined);
    },

    async read(id, props) {
      const previous = withoutProvider(props) as Outputs;
      const inputs = parseInputs(definition, previous);
      const observation = await observeHost(hostOf(inputs, previous));
      const found = definition.outputs({ id, inputs, observation, facts: new Map(), previous });
      return found === undefined ? { id: "", props: {} } : { id, props: found };
    },

    async update(id, olds, news) {
      return reconcile(definition.inputs.parse(withoutProvider(news)), id, withoutProvider(olds) as Outputs);
    },

    async delete(id, props) {
      const outputs = withoutProvider(props) as Outputs;
      const request = definition.remove(outputs, id);
      if (request === undefined) return;
      const host = hostOf(outputs, outputs);
      await channelTo(host).change(step(definition, host, request));
    },
  };
}

/** A Host whose program gives it another address must not turn into the machine there: that shows at preview already. */
async function refuseOtherMachine(wanted: Inputs, known: Outputs): Promise<void> {
  const host = hostOf(wanted, known);
  if (host === wanted.host || isDeepStrictEqual(wanted.host.connection, known.host.connection)) return;
  try {
    await observeHost(host);
  } catch (error) {
    if (!(error instanceof ConnectionError && error.isTransient)) throw error;
    warnOnce(error.message);
  }
}

const said = new Set<string>();

/** Pulumi shows what a provider writes to stderr; it offers a dynamic provider no other way to say something. */
function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.error(`warning: ${message}`);
}
