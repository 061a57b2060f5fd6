import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { checkedRef, type RefArgument, refObject } from "./checked-ref.js";
import { isOfKind, type ReferableKind } from "./resource.js";

/** What a program says of a resource that it names: one of its own, or the `ref` of one. */
export type RefReader<Fields> = (given: unknown, argument: string) => Fields;

interface RefRules {
  readonly kind: ReferableKind;
  /** Its class, for messages. */
  readonly className: string;
  readonly schema: z.ZodObject;
  /** Fields that are refs themselves. */
  readonly nested?: Readonly<Record<string, RefReader<object>>>;
  /** What keeps the secrets of a field secret, also when somebody wrote the ref by hand. */
  readonly protect?: Readonly<Record<string, (value: pulumi.Output<unknown>) => pulumi.Output<unknown>>>;
}

/**
 * Makes what reads an argument that names a resource: it gives the fields of the ref, each an output of its own, since at preview some
 * are known before others. For the same argument it gives the same object.
 *
 * `given` is a resource of the kind, its `ref`, or that as another stack has exported it, such as `requireOutput` of a StackReference
 * gives it; `argument` names it in messages, such as `pool of Volume "data"`.
 * @returns A function that throws a `pulumi.RunError`, at once or through the outputs, for anything else.
 */
export function refReader<Fields extends object>(rules: RefRules): RefReader<Fields> {
  const readBefore = new WeakMap<object, Fields>();
  return (given, argument) => {
    if (isOfKind<pulumi.Resource & { readonly ref: Fields }>(rules.kind, given)) return given.ref;
    const of = { argument, className: rules.className };
    const ref = refObject(of, given);
    const fields = readBefore.get(ref) ?? fieldsOf<Fields>(rules, ref, of);
    readBefore.set(ref, fields);
    return fields;
  };
}

function fieldsOf<Fields>({ schema, nested, protect }: RefRules, ref: object, of: RefArgument): Fields {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  // What comes from another stack comes at once, and is complained of once.
  const exported = isLater(ref) ? later(ref).apply((value) => checkedRef(of, schema, refObject(of, value))) : undefined;
  const fields = Object.entries(shape).map(([key, field]) => {
    const value: unknown = exported?.apply((known) => (known as Bag)[key]) ?? (ref as Bag)[key];
    const read = nested?.[key];
    if (read !== undefined) return [key, read(value, of.argument)];
    const known = later(value).apply((each) => checkedRef(of, field, each, key));
    return [key, protect?.[key]?.(known) ?? known];
  });
  return Object.fromEntries(fields) as Fields;
}

type Bag = Readonly<Record<string, unknown>>;

const later = (value: unknown): pulumi.Output<unknown> => pulumi.output(value) as pulumi.Output<unknown>;

/** True for what has its value only later. */
const isLater = (value: object): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;
