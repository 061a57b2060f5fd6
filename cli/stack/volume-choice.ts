import { Option } from "commander";

/** What a volume can be called by. What is not known of it is left out. */
export interface VolumeNames {
  /** Name of its Volume resource. */
  readonly resource?: string | undefined;
  readonly volumeId?: string | undefined;
  /** Volume group and name, such as `fast/data`. */
  readonly logicalVolume?: string | undefined;
}

/** What {@link isVolume} takes, in the help of commands. */
export const VOLUME_CHOICES = "its id, its Volume resource, or its logical volume, such as fast/data or data";

/** The option of commands that can be about one volume alone. */
export function volumeOption(): Option {
  return new Option("--volume <id|name>", `only this volume: ${VOLUME_CHOICES}`);
}

/** Whether a word that somebody chose a volume by means the one with these names. */
export function isVolume(choice: string, { resource, volumeId, logicalVolume }: VolumeNames): boolean {
  return [resource, volumeId, logicalVolume, logicalVolume?.split("/").at(-1)].includes(choice);
}
