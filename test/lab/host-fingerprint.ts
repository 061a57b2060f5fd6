import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "./lab-host.js";
import { shOk } from "./sh.js";

const script = readFileSync(join(__dirname, "host-fingerprint.sh"), "utf8");

/**
 * What is on a host: physical volumes, volume groups and logical volumes with their UUIDs and tags, device-mapper devices,
 * our files and units, LVM profiles, /usr/local/sbin, mounts. Two of these are equal when nothing was left or touched.
 * @returns Sorted lines.
 */
export async function hostFingerprint(host: LabHost): Promise<string> {
  return shOk(host, script);
}
