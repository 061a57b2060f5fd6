import { type LabHost, shOk } from "../../lab/index.js";

export const timerOf = (kind: string, scheduleId: string): string => `pulumi-lvm-${kind}@${scheduleId}.timer`;

/** Every file of the schedules by its name, with what changes when it is written again; and when systemd last read its units, as "reload". */
export async function scheduleFiles(host: LabHost): Promise<Record<string, string>> {
  const rows = await shOk(
    host,
    `stat -c '%n %i %y' /etc/pulumi-lvm/schedules/* /etc/systemd/system/pulumi-lvm-*@*.timer
echo "reload $(systemctl show -p UnitsLoadTimestampMonotonic)"`,
  );
  return Object.fromEntries(
    rows
      .trim()
      .split("\n")
      .map((row) => [row.slice(0, row.indexOf(" ")).split("/").at(-1) ?? "", row]),
  );
}

/** Names of the files that were made, written or removed since, sorted. */
export async function changedScheduleFiles(host: LabHost, was: Record<string, string>): Promise<string[]> {
  const is = await scheduleFiles(host);
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => was[name] !== is[name]).sort();
}
