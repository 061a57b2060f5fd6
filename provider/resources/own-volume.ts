import { randomUUID } from "node:crypto";
import type { Failure } from "../define-resource.js";
import { heldIds, isHeld } from "../held-ids.js";
import { identityOf } from "../hosts/observation/lookup.js";
import type { LogicalVolume } from "../hosts/observation/lvm-report.js";
import { stackOf } from "../model/common.js";
import type { HostRef } from "../model/connection.js";
import { encodeTag, tagValue } from "../model/tag.js";
import { isUnknown } from "../model/unknown.js";

/** By what a resource knows its logical volume, or volume group. */
interface Claim {
  readonly owner: string;
  readonly identity: string | undefined;
  /** Identity of the Host resource that it is made on; undefined while that is not known. */
  readonly madeBy: string | undefined;
}

/** The same of a logical volume: its place too, and what it takes over. */
export interface VolumeClaim extends Claim {
  readonly volumeGroup: string;
  readonly name: string;
  /** LVM's UUID of the logical volume that is taken over. */
  readonly adopt?: string | undefined;
}

/** What a resource claims, by its inputs. */
export function claimOf({
  owner,
  identity,
  host,
}: {
  owner: string;
  identity?: string | undefined;
  host: HostRef;
}): Claim {
  return { owner, identity, madeBy: isUnknown(host.identity) ? undefined : host.identity };
}

/**
 * The same as the scripts read it.
 * @param id Undefined on create.
 */
export function claimVariables(
  { owner, identity, host }: { owner: string; identity?: string | undefined; host: HostRef },
  id: string | undefined,
) {
  return {
    IDENTITY: identity ?? id ?? randomUUID(),
    HELD: heldIds(),
    MADE_BY: host.identity ?? "",
    OWNER: encodeTag(owner),
  };
}

/** The failure of a pool or a volume group (`noun`) whose name is taken by what is none of its stack's. */
export function nameTaken(
  noun: string,
  host: HostRef,
  found: { readonly title: string; readonly uuid: string; readonly tags: readonly string[] },
): Failure[] {
  const owner = tagValue(found.tags, "owner") ?? "not pulumi-lvm";
  return [
    {
      property: "name",
      problem: {
        summary: `${found.title} exists on host "${host.name}" and is not this ${noun} (its UUID is ${found.uuid}, its owner ${owner})`,
        detail: "",
        next: "Choose another name, or set existing: true to use it as it is",
      },
    },
  ];
}

/** What a create that was cut, or one of a restore, leaves under a name of its own (volume.sh). */
const RESTORING = "pulumi-lvm-restoring-";

/**
 * The logical volume that a resource stands for already, if it does: its own by the identity, the one that it adopts, or what may be its own
 * for all that a preview knows. The engine shows a resource that is to be replaced as one that is new, and what a create left that was cut
 * has an identity that no state knows; the host decides about those, under its lock.
 */
export function ownVolume(claim: VolumeClaim, logicalVolumes: readonly LogicalVolume[]): LogicalVolume | undefined {
  return (
    logicalVolumes.find(({ lv_tags, lv_uuid }) => identityOf(lv_tags, lv_uuid) === claim.identity) ??
    logicalVolumes.find(({ lv_uuid }) => lv_uuid === claim.adopt) ??
    logicalVolumes.find(
      ({ vg_name, lv_name, lv_tags }) =>
        vg_name === claim.volumeGroup &&
        (lv_name === claim.name || lv_name.startsWith(RESTORING)) &&
        mayBeLeft(lv_tags, claim),
    )
  );
}

/** Whether tags say that a resource of this name made it, and not one of a stack that only has the same name. */
export function mayBeLeft(tags: readonly string[], { owner, madeBy }: Claim): boolean {
  return tagValue(tags, "owner") === owner && !isMadeByAnother(tags, madeBy);
}

/**
 * Whether what lies where a resource is to be is none of its stack's. What the stack has there may still get another name in the same up.
 */
export function isForeign(tags: readonly string[], uuid: string, { owner, madeBy }: Claim): boolean {
  const theirs = tagValue(tags, "owner");
  if (theirs === undefined) return true;
  return !isHeld(identityOf(tags, uuid)) && (stackOf(theirs) !== stackOf(owner) || isMadeByAnother(tags, madeBy));
}

function isMadeByAnother(tags: readonly string[], madeBy: string | undefined): boolean {
  const maker = tagValue(tags, "made-by");
  return maker !== undefined && madeBy !== undefined && maker !== madeBy;
}
