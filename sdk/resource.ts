import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../provider/index.js";
import { perDeployment } from "./deployment.js";
import { refusal } from "./refusal.js";
import { shell } from "./shell.js";

/** Where each resource has its kind. A monorepo may load two copies of this package, whose classes differ: `Symbol.for` is the same in both. */
const KIND = Symbol.for("pulumi-lvm.kind");

/** Kinds of resources that arguments of others name. */
export type ReferableKind = Kind | "backupTarget";

/** Notes what kind a resource is of. */
export function markKind(resource: pulumi.Resource, kind: ReferableKind): void {
  Object.defineProperty(resource, KIND, { value: kind });
}

/** Whether a value is a resource of a kind, made by this copy of the package or by another one. */
export function isOfKind<R extends pulumi.Resource>(kind: ReferableKind, value: unknown): value is R {
  return pulumi.Resource.isInstance(value) && (value as { [KIND]?: unknown })[KIND] === kind;
}

const ownersOfDeployment = perDeployment(() => new Set<string>());

/**
 * What a resource is called on hosts, for people: what it has there is found by its identity.
 * @throws {pulumi.RunError} If the program declares two resources of one kind by the same name, which hosts could not tell apart.
 */
function ownerOf(kind: Kind, name: string): string {
  const owner = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}/${kind}/${name}`;
  const owners = ownersOfDeployment();
  if (owners.has(owner)) {
    throw refusal({
      summary: `Two resources are called "${name}"`,
      detail: `hosts know a ${kind} by its name in the stack, so give one of them another name`,
      next: "",
    });
  }
  owners.add(owner);
  return owner;
}

/** What every resource here is: a shell around the installed provider, with the name of its owner among its inputs. */
export abstract class LvmResource extends pulumi.dynamic.Resource {
  /** Organization, project, stack, kind and name: what the host calls it. */
  declare readonly owner: pulumi.Output<string>;

  /**
   * @param inputs What the provider's schema of this kind takes, but for the owner.
   * @param outputs Names of the outputs that are no inputs.
   */
  protected constructor(
    kind: Kind,
    type: string,
    name: string,
    inputs: pulumi.Inputs,
    outputs: readonly string[],
    options: pulumi.CustomResourceOptions,
  ) {
    const computed = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(
      shell(kind),
      name,
      { ...computed, ...inputs, owner: ownerOf(kind, name) },
      // A replacement asked for by hand would otherwise find the old one under its own name, and then remove it.
      { deleteBeforeReplace: true, ...options },
      "lvm",
      type,
    );
    markKind(this, kind);
  }
}
