import { type HostRef, hostRef } from "./connection.js";
import { identity } from "./identity.js";
import { plainText } from "./plain-text.js";
import { refuseTooLong } from "./tag-length.js";

/** The stack in an owner: organization, project and stack. */
export function stackOf(owner: string): string {
  return owner.split("/").slice(0, 3).join("/");
}

/** Fields that every resource has. */
export const common = {
  host: hostRef.meta({ description: "The host that it lives on" }),
  owner: plainText("a name")
    .max(400, "the names of organization, project, stack and resource are too long together")
    // The longest of the tags that hold it.
    .superRefine((owner, context) => refuseTooLong("lease-owner", owner, context))
    .meta({
      description:
        "What the resource is called: organization, project, stack, kind and name. A description, and no proof of anything",
    }),
  identity: identity
    .optional()
    .meta({ description: "What tells the resource from all others; the provider makes it", change: "ignore" }),
};

/** What {@link common} are when they are read. */
export interface CommonInputs {
  readonly host: HostRef;
  /** What the resource is called: organization, project, stack, kind and name. */
  readonly owner: string;
  /** What tells it from all others; undefined in a state of an older release. */
  readonly identity?: string | undefined;
}
