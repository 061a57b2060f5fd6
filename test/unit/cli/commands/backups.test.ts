import { chosenVolumes } from "../../../../cli/commands/backups.js";
import { idOf, schedule } from "../backup-samples.js";

describe("chosenVolumes", () => {
  const volumes = [schedule(1, { resource: "orders", logicalVolume: "fast/orders-lv" }), schedule(2)];

  test.each(["orders", idOf(1), "orders-lv", "fast/orders-lv"])("finds a volume by %s", (choice) => {
    expect(chosenVolumes(volumes, choice)).toEqual([volumes[0]]);
  });

  test("are all when none is chosen, and none when nothing is called so", () => {
    expect(chosenVolumes(volumes, undefined)).toEqual(volumes);
    expect(chosenVolumes(volumes, "slow/orders-lv")).toEqual([]);
  });
});
