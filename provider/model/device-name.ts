import type { z } from "zod";
import { isUnknown } from "./unknown.js";

/**
 * Characters of VG-LV at most. A name of device-mapper has 127 (DM_NAME_LEN in linux/dm-ioctl.h, less the NUL), and LVM keeps two of them
 * free: "LV name … length 128 is not supported" is what lvm2 2.03.16 says of a VG and an LV of 125 characters together.
 */
const MAX_LENGTH = 125;
const RULE = "where a hyphen counts twice: device-mapper's names are short";

/** The length of a name of LVM in one of device-mapper, which writes each hyphen twice. */
const lengthOf = (name: string): number => name.replaceAll("-", "--").length;

const excessOf = (volumeGroup: string, name: string): number => lengthOf(volumeGroup) + 1 + lengthOf(name) - MAX_LENGTH;

/**
 * The rule for the names of a volume group and of what is in it.
 * @param ending The longest that is ever added to the name.
 * @param own The longest name that something of ours has beside it.
 */
export function refuseLongDevice(
  { volumeGroup, name }: { readonly volumeGroup: string; readonly name: string },
  { ending, own = "" }: { readonly ending: string; readonly own?: string },
  context: z.RefinementCtx,
): void {
  if (isUnknown(volumeGroup) || isUnknown(name)) return;
  const refuse = (field: string, room: number, inGroup: string) =>
    context.addIssue({
      code: "custom",
      path: [field],
      message: `must be at most ${room} characters long${inGroup}, ${RULE}`,
    });
  const ofGroup = excessOf(volumeGroup, own);
  const ofName = excessOf(volumeGroup, `${name}${ending}`);
  if (ofGroup > 0) refuse("volumeGroup", lengthOf(volumeGroup) - ofGroup, "");
  else if (ofName > 0) refuse("name", lengthOf(name) - ofName, ` in volume group "${volumeGroup}"`);
}
