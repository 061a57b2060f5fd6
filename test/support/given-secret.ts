import { type LabHost, shOk } from "../lab/index.js";

type Bag = Record<string, unknown>;

/** The lines by which a private key is known, whatever line ends it is shown with. */
export const keyLines = (privateKey: string): string[] =>
  privateKey.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));

/** Inputs of a resource with the private key itself in place of the path to its file. */
export function byValue(inputs: Bag, privateKey: string): Bag {
  const { connection, ...rest } = inputs["host"] as { connection: Bag };
  const { privateKeyFile: _, ...where } = connection;
  return { ...inputs, host: { ...rest, connection: { ...where, privateKey } } };
}

/** Where a secret must not be on a host, but for the documents of schedules, which hold it and are root's alone. */
export function secretsPlaces(host: LabHost): Promise<string> {
  return shOk(
    host,
    `journalctl -q -b --no-pager -o export; systemctl cat 'pulumi-lvm-*'; lvs --noheadings -o lv_tags; vgs --noheadings -o vg_tags
cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'
grep -r '' /var/lib/pulumi-lvm /run/pulumi-lvm /etc/lvm/profile 2>/dev/null || :`,
  );
}
