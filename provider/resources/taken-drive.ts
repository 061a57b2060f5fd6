import type { Declarations, DeclaredDrive } from "../declarations.js";
import type { Failure } from "../define-resource.js";
import type { Observation } from "../hosts/observation/observation.js";
import type { AttachmentInputs } from "../model/inputs/attachment.js";
import { tagValue } from "../model/tag.js";

// Firecracker takes neither two drives of one id nor two root devices. Refused here, the microVM does not fail when it starts.

/** What is known of an attachment before the volume that it names is there. */
type Known = Partial<Pick<AttachmentInputs, "owner" | "identity" | "microVm" | "driveId" | "isRootDevice">>;

/** Compares an attachment with those that the program declared before it, and notes it for those that come after. */
export function refuseDeclared(
  { owner, identity, microVm, driveId, isRootDevice = false }: Known,
  declarations: Declarations,
): Failure[] {
  if (owner === undefined || microVm === undefined || driveId === undefined) return [];
  const drive = { identity, microVm, driveId, isRootDevice };
  // Under the name that it had before a rename it is no other one.
  for (const [other, declared] of declarations.drives) {
    if (identity !== undefined && declared.identity === identity) declarations.drives.delete(other);
  }
  declarations.drives.set(owner, drive);
  const others = [...declarations.drives].filter(([other]) => other !== owner);
  return others.flatMap(([other, taken]) => refuse(drive, taken, other)).slice(0, 1);
}

/** Compares it with what the host has: another volume keeps its drive until its own attachment is changed, which may come later. */
export function refuseHeld(
  drive: AttachmentInputs,
  { logicalVolumes }: Pick<Observation, "logicalVolumes">,
): Failure[] {
  const others = logicalVolumes.filter(({ lv_tags }) => tagValue(lv_tags, "id") !== drive.volumeId);
  return others
    .flatMap(({ lv_tags: tags, vg_name, lv_name }) => {
      const taken = {
        identity: tagValue(tags, "attachment"),
        microVm: tagValue(tags, "microvm") ?? "",
        driveId: tagValue(tags, "drive") ?? "",
        isRootDevice: tagValue(tags, "root") === "yes",
      };
      return refuse(drive, taken, tagValue(tags, "lease-owner") ?? `volume "${vg_name}/${lv_name}"`);
    })
    .slice(0, 1);
}

function refuse(drive: DeclaredDrive, taken: DeclaredDrive, holder: string): Failure[] {
  if (drive.microVm !== taken.microVm) return [];
  if (drive.driveId === taken.driveId) {
    const summary = `microVM "${drive.microVm}" has drive "${drive.driveId}" already`;
    const next = "Set another driveId; one that another Attachment lets go of is free in the next run";
    return [{ property: "driveId", problem: { summary, detail: `it is that of ${holder}`, next } }];
  }
  if (!drive.isRootDevice || !taken.isRootDevice) return [];
  const summary = `microVM "${drive.microVm}" has a root device already`;
  const next = "Set isRootDevice on one of its Attachments alone; what another one lets go of is free in the next run";
  return [{ property: "isRootDevice", problem: { summary, detail: `it is that of ${holder}`, next } }];
}
