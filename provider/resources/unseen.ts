import { HostError } from "../hosts/errors.js";

/**
 * A volume group that cannot be seen is not proof that what it holds is gone.
 * @param subject What was looked for, such as `volume "fast/data"`.
 * @param noun The same in one word.
 */
export function unseen(host: string, subject: string, noun: string, volumeGroup: string): HostError {
  return new HostError(host, {
    summary: `Cannot see ${subject}`,
    detail: `volume group "${volumeGroup}" cannot be seen, which is no proof that the ${noun} is gone`,
    next: "Bring its disks back ('pvs -a' shows what is missing); if they are lost for good, use 'pulumi state delete'",
  });
}
