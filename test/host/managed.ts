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
  /** The inputs of the state, as a check returned them. */
  #checked: Bag = {};
  #isUnfinished = false;

  constructor(kind: Kind, inputs: Bag) {
    this.#kind = kind;
    this.inputs = inputs;
  }

  /** What `pulumi up` does to it: check, then create, update or nothing. Returns what was done. */
  async up(inputs: Bag = this.inputs): Promise<"create" | "update" | "same"> {
    this.inputs = inputs;
    const provider = resource(this.#kind);
    const { inputs: checked, failures } = await provider.check(this.id === undefined ? {} : this.#checked, inputs);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    if (this.id === undefined) {
      await this.#keep(checked, provider.create(checked));
      return "create";
    }
    const { changes } = await provider.diff(this.id, this.outputs, checked);
    if (!changes && !this.#isUnfinished) {
      this.#checked = checked;
      return "same";
    }
    await this.#keep(checked, provider.update(this.id, this.outputs, checked));
    return "update";
  }

  /** Makes it as an update would whose preview saw nothing. */
  async upUnchecked(inputs: Bag): Promise<void> {
    await this.#keep(inputs, resource(this.#kind).create(inputs));
  }

  /** An update though nothing has changed. */
  async reconcile(): Promise<void> {
    await this.#keep(this.#checked, resource(this.#kind).update(this.id ?? "", this.outputs, this.#checked));
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
  async #keep(checked: Bag, change: Promise<{ id?: string; outs: Bag }>): Promise<void> {
    try {
      const { id, outs } = await change;
      this.#checked = checked;
      this.id ??= id;
      this.outputs = outs;
      this.#isUnfinished = false;
    } catch (error) {
      const partial = error as { id?: string; properties?: Bag };
      if (partial.id !== undefined) {
        this.id = partial.id;
        this.#checked = checked;
        this.outputs = partial.properties ?? {};
        this.#isUnfinished = true;
      }
      throw error;
    }
  }
}

/** Identity of the Host resource that the others are made on. */
const MADE_BY = "0d3c1f7a-5b1e-4f63-9a3e-6f0c54a2b7d1";

/** The lab host as other resources refer to it. */
export function refTo(host: LabHost, machineId: string, name = "node"): HostRef {
  return { name, machineId, identity: MADE_BY, connection: connectionTo(host) as HostRef["connection"] };
}
