import { type Kind, resource } from "../../provider/index.js";
import type { HostRef } from "../../provider/model/connection.js";
import type { LabHost } from "../lab/index.js";
import { connectionTo } from "../support/spec.js";

type Bag = Record<string, unknown>;

/** A resource as Pulumi's engine would manage it, with its state kept here: for tests that need no engine. */
export class Managed {
  readonly #kind: Kind;
  inputs: Bag;
  id: string | undefined;
  outputs: Bag = {};
  #isUnfinished = false;

  constructor(kind: Kind, inputs: Bag) {
    this.#kind = kind;
    this.inputs = inputs;
  }

  /** What `pulumi up` does to it: check, then create, update or nothing. Returns what was done. */
  async up(inputs: Bag = this.inputs): Promise<"create" | "update" | "same"> {
    this.inputs = inputs;
    const provider = resource(this.#kind);
    const { failures } = await provider.check({}, inputs);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (this.id === undefined) {
      await this.#keep(provider.create(inputs));
      return "create";
    }
    const { changes } = await provider.diff(this.id, this.outputs, inputs);
    if (!changes && !this.#isUnfinished) return "same";
    await this.#keep(provider.update(this.id, this.outputs, inputs));
    return "update";
  }

  /** Makes it as an update would whose preview saw nothing. */
  async upUnchecked(inputs: Bag): Promise<void> {
    await this.#keep(resource(this.#kind).create(inputs));
  }

  /** An update though nothing has changed. */
  async reconcile(): Promise<void> {
    await this.#keep(resource(this.#kind).update(this.id ?? "", this.outputs, this.inputs));
  }

  /** What `pulumi refresh` does: the outputs as the host has them; false when it is gone. */
  async refresh(): Promise<boolean> {
    const { id, props } = await resource(this.#kind).read(this.id ?? "", this.outputs);
    this.id = id === "" ? undefined : id;
    this.outputs = props;
    return this.id !== undefined;
  }

  async destroy(): Promise<void> {
    if (this.id === undefined) return;
    await resource(this.#kind).delete(this.id, this.outputs);
    this.id = undefined;
  }

  /** The engine keeps the state of a resource that was made and is not finished. */
  async #keep(change: Promise<{ id?: string; outs: Bag }>): Promise<void> {
    try {
      const { id, outs } = await change;
      this.id ??= id;
      this.outputs = outs;
      this.#isUnfinished = false;
    } catch (error) {
      const partial = error as { id?: string; properties?: Bag };
      if (partial.id !== undefined) {
        this.id = partial.id;
        this.outputs = partial.properties ?? {};
        this.#isUnfinished = true;
      }
      throw error;
    }
  }
}

/** The lab host as other resources refer to it. */
export function refTo(host: LabHost, machineId: string, name = "node"): HostRef {
  return { name, machineId, connection: connectionTo(host) as HostRef["connection"] };
}
