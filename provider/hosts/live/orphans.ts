import { TAG_PREFIX, tagValue } from "../../model/tag.js";
import { identityOf } from "../observation/lookup.js";
import type { LogicalVolume } from "../observation/lvm-report.js";
import type { Observation } from "../observation/observation.js";
import { reapTime } from "./volumes.js";

/**
 * `unknown`: a volume, snapshot or pool that is the stack's by its tag, and that the stack's state does not know: half made, or lost to the
 * state. `lease`: the same of an attachment. `stage`: space of a grow that was cut short. `deleted` and `leaving`: it goes by
 * itself. `retained`: a stack let go of it.
 */
export type OrphanKind = "unknown" | "lease" | "stage" | "deleted" | "leaving" | "retained";

/** Something of ours on a host that no resource of the stack stands for. */
export interface Orphan {
  /** Name of the Host resource. */
  readonly host: string;
  readonly kind: OrphanKind;
  /** Volume group and name, such as `fast/data`. */
  readonly logicalVolume: string;
  /** LVM's UUID of the logical volume. */
  readonly uuid: string;
  readonly sizeBytes: number;
  /** How it came about, as far as the host tells. */
  readonly what: string;
  /** What to do about it. */
  readonly wayOut: string;
}

/** What the stack's state knows. */
export interface KnownResources {
  /** Organization, project and stack. */
  readonly stack: string;
  /** Ids of volumes. */
  readonly volumes: ReadonlySet<string>;
  /** Ids of attachments. */
  readonly attachments: ReadonlySet<string>;
  /** Ids of snapshots. */
  readonly snapshots: ReadonlySet<string>;
  /** LVM's UUIDs of thin pools. */
  readonly pools: ReadonlySet<string>;
  /** LVM's UUIDs of volume groups. */
  readonly volumeGroups: ReadonlySet<string>;
}

type Finding = Pick<Orphan, "kind" | "what" | "wayOut">;

/** What a host has of ours that no resource of the stack stands for. What belongs to other stacks is left out. */
export function findOrphans(
  host: string,
  { logicalVolumes }: Pick<Observation, "logicalVolumes">,
  known: KnownResources,
): Orphan[] {
  return logicalVolumes.flatMap((found) =>
    [describeVolume(found, known), describeLease(found, known)].flatMap((finding) =>
      finding === undefined
        ? []
        : [
            {
              host,
              logicalVolume: pathOf(found),
              uuid: found.lv_uuid,
              sizeBytes: found.lv_size,
              ...finding,
            },
          ],
    ),
  );
}

const pathOf = ({ vg_name, lv_name }: LogicalVolume): string => `${vg_name}/${lv_name}`;

function describeVolume(found: LogicalVolume, known: KnownResources): Finding | undefined {
  const { lv_tags: tags, lv_uuid: uuid } = found;
  const path = pathOf(found);
  const stage = tagValue(tags, "stage");
  if (stage !== undefined) {
    return {
      kind: "stage",
      what: `space for volume ${stage}, whose grow was cut short`,
      wayOut: `Run pulumi up: the grow starts again and removes it. If the volume is to stay as it is, run 'lvremove ${path}' there`,
    };
  }
  const reapAfter = reapTime(tags);
  if (reapAfter !== undefined) {
    return {
      kind: "deleted",
      what: `deleted; the host removes it after ${reapAfter}`,
      wayOut: `To bring it back, set adopt: "${uuid}" on a Volume before then; to be rid of it at once, run 'npx pulumi-lvm purge ${path}'`,
    };
  }
  const retainedBy = tagValue(tags, "retained");
  if (retainedBy !== undefined) {
    return {
      kind: "retained",
      what: `let go of by ${retainedBy}`,
      wayOut: `To take it over, set adopt: "${uuid}" on a Volume. If nobody needs it, run 'lvremove ${path}' there`,
    };
  }
  if (tags.includes(`${TAG_PREFIX}leaving`)) {
    return {
      kind: "leaving",
      what: "a pool that was deleted while deleted volumes in it still have their time",
      wayOut: "Nothing to do: the host removes it after the last of them",
    };
  }
  return describeUnknown(found, known);
}

function describeUnknown(found: LogicalVolume, known: KnownResources): Finding | undefined {
  const owner = tagValue(found.lv_tags, "owner");
  if (owner === undefined || !owner.startsWith(`${known.stack}/`)) return undefined;
  const name = resourceName(owner, known.stack);
  const id = tagValue(found.lv_tags, "id");
  const unneeded = `if nobody needs it, run 'lvremove ${pathOf(found)}' there`;
  if (tagValue(found.lv_tags, "snapshot-of") !== undefined) {
    if (known.snapshots.has(identityOf(found.lv_tags, found.lv_uuid))) return undefined;
    return {
      kind: "unknown",
      what: `taken for Snapshot "${name}", which the state does not know`,
      wayOut: `Run pulumi up with Snapshot "${name}" of the same volume in the program: it takes it over; ${unneeded}`,
    };
  }
  if (id === undefined) {
    if (known.pools.has(found.lv_uuid)) return undefined;
    return {
      kind: "unknown",
      what: `made for ThinPool "${name}", which the state does not know`,
      wayOut: `Run pulumi up with ThinPool "${name}" in the program: it takes it over if it is empty; otherwise with existing: true on it; ${unneeded}`,
    };
  }
  if (known.volumes.has(id)) return undefined;
  return {
    kind: "unknown",
    what: `made for Volume "${name}", which the state does not know`,
    wayOut: `Run pulumi up with Volume "${name}" in the program and adopt: "${found.lv_uuid}" on it; ${unneeded}`,
  };
}

function describeLease(found: LogicalVolume, known: KnownResources): Finding | undefined {
  const owner = tagValue(found.lv_tags, "lease-owner");
  const id = tagValue(found.lv_tags, "attachment");
  if (id === undefined || owner === undefined) return undefined;
  if (!owner.startsWith(`${known.stack}/`) || known.attachments.has(id)) return undefined;
  const name = resourceName(owner, known.stack);
  const microVm = tagValue(found.lv_tags, "microvm");
  return {
    kind: "lease",
    what: `leased to microVM "${microVm}" by Attachment "${name}", which the state does not know`,
    wayOut: `Run pulumi up with Attachment "${name}" of the volume to microVM "${microVm}" in the program: it takes the lease over, and can be removed after that; or end it with 'npx pulumi-lvm release ${id}'`,
  };
}

/** The name of the resource in an owner: what follows the kind. */
function resourceName(owner: string, stack: string): string {
  const [, ...name] = owner.slice(stack.length + 1).split("/");
  return name.join("/");
}
