import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type Bag,
  changes,
  type Definition,
  type EngineFailure,
  type Inputs,
  invalid,
  isKnown,
  type Outputs,
  onItsMachine,
  parseInputs,
  refusedChanges,
  withoutValue,
} from "./check-inputs.js";
import { declarationsOn } from "./declarations.js";
import type { Failure, StepRequest } from "./define-resource.js";
import { holdIds, releaseIds } from "./held-ids.js";
import { channelTo } from "./hosts/channels.js";
import { ConnectionError, HostError } from "./hosts/errors.js";
import { observeHost } from "./hosts/observe-host.js";
import type { Step } from "./hosts/script/script.js";
import { identify } from "./identify.js";
import { type CommonInputs, common } from "./model/common.js";
import { hasUnknown, isUnknown } from "./model/unknown.js";

/** The engine's own key for the serialized provider, which is in every property bag of a dynamic resource. */
const PROVIDER_KEY = "__provider";

/** The methods that the shell in the state forwards to. Shapes as in `pulumi.dynamic.ResourceProvider`. */
export interface Lifecycle {
  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: EngineFailure[] }>;
  diff(id: string, olds: Bag, news: Bag): Promise<{ changes: boolean; deleteBeforeReplace: boolean }>;
  create(inputs: Bag): Promise<{ id: string; outs: Bag }>;
  read(id: string, props: Bag): Promise<{ id: string; props: Bag }>;
  update(id: string, olds: Bag, news: Bag): Promise<{ outs: Bag }>;
  delete(id: string, props: Bag): Promise<void>;
}

function withoutProvider(bag: Bag): Bag {
  return withoutNull(Object.fromEntries(Object.entries(bag).filter(([key]) => key !== PROVIDER_KEY))) as Bag;
}

/** What is left out and secret, as what another stack has not exported can be, comes as null. No input is null by itself. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  const there = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(there.map(([key, each]) => [key, withoutNull(each)]));
}

/** The host that a resource is on. A Host's own inputs cannot name the machine that it was made on; its state does. */
function hostOf({ host }: CommonInputs, state: Bag | undefined): CommonInputs["host"] {
  const machineId = state?.["machineId"];
  return host.machineId === "" && typeof machineId === "string" ? { ...host, machineId } : host;
}

const step = (definition: Definition, host: CommonInputs["host"], request: StepRequest): Step => ({
  ...request,
  script: `resources/${request.script ?? definition.script}`,
  machineId: isUnknown(host.machineId) ? "" : host.machineId,
  registration: host.identity ?? "",
});

/** One generic lifecycle for every resource: observe, ensure, sync, report. */
export function lifecycle(definition: Definition): Lifecycle {
  return {
    async check(olds, news) {
      const [before, given] = [withoutProvider(olds), withoutProvider(news)];
      const identity = await identify(definition, before, given);
      const own = identity === undefined ? {} : { identity };
      return { inputs: { ...news, ...own }, failures: await check(definition, before, { ...own, ...given }) };
    },

    async diff(id, olds, news) {
      holdIds(id);
      const bag = onItsMachine(withoutProvider(news), olds);
      // A replacement asked for by hand must let go of the old one first: both have the same name.
      if (hasUnknown(bag)) return { changes: true, deleteBeforeReplace: true };
      // Lenient as a read: a refresh asks too, and what the state holds may have become wrong since.
      const inputs = parseInputs(definition, bag);
      const known = onItsMachine(withoutProvider(olds), olds) as Outputs;
      const changed = changes(definition).filter(
        ([key, change]) => change !== "ignore" && !isDeepStrictEqual(inputs[key], known[key]),
      );
      await refuseOtherMachine(inputs, known);
      const drifted = definition.drift?.(inputs, known) ?? [];
      return { changes: changed.length + drifted.length > 0, deleteBeforeReplace: true };
    },

    async create(inputs) {
      const parsed = definition.inputs.parse(withoutProvider(inputs));
      return reconcile(definition, { ...parsed, identity: parsed.identity ?? randomUUID() }, undefined, undefined);
    },

    async read(id, props) {
      const previous = withoutProvider(props) as Outputs;
      holdIds(id, previous.identity);
      const inputs = parseInputs(definition, previous);
      const observation = await observeHost(hostOf(inputs, previous));
      const found = definition.outputs({ id, inputs, observation, facts: new Map(), previous });
      return found === undefined ? { id: "", props: {} } : { id, props: found };
    },

    async update(id, olds, news) {
      holdIds(id);
      const previous = withoutProvider(olds) as Outputs;
      return reconcile(definition, definition.inputs.parse(withoutProvider(news)), id, previous);
    },

    async delete(id, props) {
      const outputs = withoutProvider(props) as Outputs;
      const request = definition.remove(outputs, id);
      if (request === undefined) return;
      const host = hostOf(outputs, outputs);
      await channelTo(host).change(step(definition, host, request));
      releaseIds(id, outputs.identity);
    },
  };
}

async function check(definition: Definition, olds: Bag, bag: Bag): Promise<EngineFailure[]> {
  const failures = invalid(definition, bag);
  if (failures.length === 0) failures.push(...refusedChanges(definition, olds, bag));
  if (failures.length === 0) failures.push(...compareKnown(definition, bag));
  if (failures.length === 0 && isKnown(bag)) {
    const previous = definition.inputs.safeParse(olds);
    failures.push(...(await checkHost(definition, definition.inputs.parse(bag), previous.data)));
  }
  return failures.map((failure) => withoutValue(failure, bag));
}

/** Failures that the program alone shows, also while what it is about is still to be made. */
function compareKnown(definition: Definition, bag: Bag): Failure[] {
  const host = common.host.safeParse(bag["host"]);
  if (definition.compare === undefined || !host.success || hasUnknown(host.data.connection)) return [];
  const known = Object.fromEntries(Object.entries(bag).filter(([, value]) => !hasUnknown(value)));
  return definition.compare(known, declarationsOn(host.data));
}

/** Failures that only a look at the host shows. A host that cannot be reached is said once, and is no failure of a preview. */
async function checkHost(definition: Definition, inputs: Inputs, previous: Inputs | undefined): Promise<Failure[]> {
  const declarations = declarationsOn(inputs.host);
  definition.declare?.(inputs, declarations);
  // After its first change this process is in the middle of an update, and the change itself checks under the lock.
  if (channelTo(inputs.host).hasChanged || definition.check === undefined) return [];
  try {
    const observation = await observeHost(inputs.host);
    const failures = definition.check(inputs, observation, declarations);
    return failures.length > 0 ? failures : ((await definition.checkOnHost?.(inputs, observation, previous)) ?? []);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    if (!(error instanceof ConnectionError && error.isTransient)) return [{ property: "host", problem: error.problem }];
    warnOnce(error.message);
    return [];
  }
}

async function reconcile(
  definition: Definition,
  inputs: Inputs,
  id: string | undefined,
  previous: Outputs | undefined,
): Promise<{ id: string; outs: Outputs }> {
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
  const due = definition.longStep?.(inputs, madeId, observation, previous);
  if (due !== undefined) {
    try {
      const worked = await channel.work({ ...step(definition, host, due), lock: madeId }, due.isLong);
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
}

/** A Host whose program gives it another address must not turn into the machine there: that shows at preview already. */
async function refuseOtherMachine(inputs: Inputs, known: Outputs): Promise<void> {
  const host = hostOf(inputs, known);
  if (host === inputs.host || isDeepStrictEqual(inputs.host.connection, known.host.connection)) return;
  try {
    await observeHost(host);
  } catch (error) {
    if (!(error instanceof ConnectionError && error.isTransient)) throw error;
    warnOnce(error.message);
  }
}

const warned = new Set<string>();

/** Pulumi shows what a provider writes to stderr; it offers a dynamic provider no other way to say something. */
function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.error(`warning: ${message}`);
}
