import type { LogicalVolume } from "./lvm-report.js";

/** Whether it holds data as such: no pool, no classic snapshot, no part of another, and nothing that mirrors or caches. */
export function isPlain({ lv_layout, lv_role }: LogicalVolume): boolean {
  const isClassicSnapshot = lv_role.includes("snapshot") && !lv_role.includes("thinsnapshot");
  const isThin = lv_layout.includes("thin") && lv_layout.includes("sparse");
  return (
    lv_role.includes("public") && !isClassicSnapshot && (isThin || ["linear", "striped"].includes(lv_layout.join()))
  );
}
