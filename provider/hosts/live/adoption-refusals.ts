import { stackOf } from "../../model/common.js";
import { lvmName } from "../../model/lvm-name.js";
import { tagValue } from "../../model/tag.js";
import type { VolumeGroupReport } from "../observation/lvm-report.js";

/** Why what bears an owner's name is not to be had; undefined when none has it. */
export function reasonAgainstOwner(tags: readonly string[], stack: string): string | undefined {
  const owner = tagValue(tags, "owner");
  if (owner === undefined) return undefined;
  return stackOf(owner) === stack
    ? `it was made for ${owner}, which the state does not know: 'npx pulumi-lvm orphans' says what to do`
    : `it belongs to ${owner}: use the ref that its stack exports`;
}

/** Why neither a volume group nor anything in it is to be had; undefined when it can be used. */
export function reasonAgainstGroup(group: VolumeGroupReport, isKnown: boolean, stack: string): string | undefined {
  const { vg_name: name, vg_tags: tags } = group;
  if (group.vg_exported !== "") return `it is exported: if it is to stay, run 'vgimport ${name}' there`;
  if (group.vg_shared !== "") return "it is shared with other machines, whose locks are not known here";
  if (group.vg_partial !== "") return "a disk of it is missing: 'pvs -a' shows which";
  const { error } = lvmName.safeParse(name);
  if (error !== undefined) return `its name ${error.issues[0]?.message}`;
  return isKnown ? undefined : reasonAgainstOwner(tags, stack);
}
