import type { dynamic } from "@pulumi/pulumi";
import type { Kind, StateOnlyKind } from "../provider/index.js";

/**
 * The object that Pulumi keeps, as text, in the state of each resource. It captures the resource's kind and nothing else,
 * and finds the installed provider when it is called: refresh and destroy always run the installed release.
 * `require` and not `import()`: Pulumi runs this text without a file name, so that only `require` looks in the project's folder.
 */
export function shell(kind: Kind | StateOnlyKind): dynamic.ResourceProvider {
  return {
    check: (olds, news) => require("pulumi-lvm/provider").resource(kind).check(olds, news),
    diff: (id, olds, news) => require("pulumi-lvm/provider").resource(kind).diff(id, olds, news),
    create: (inputs) => require("pulumi-lvm/provider").resource(kind).create(inputs),
    read: (id, props) => require("pulumi-lvm/provider").resource(kind).read(id, props),
    update: (id, olds, news) => require("pulumi-lvm/provider").resource(kind).update(id, olds, news),
    delete: (id, props) => require("pulumi-lvm/provider").resource(kind).delete(id, props),
  };
}
