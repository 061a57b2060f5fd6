import { liveVolumes } from "../../../../../provider/hosts/live/volumes.js";
import { hostWith, taggedVolume } from "./tagged-volume.js";

const OWNER = "owner=acme/infra/prod/volume/data";

describe("liveVolumes", () => {
  test("reads a volume from its tags, whatever stack it belongs to", () => {
    const found = taggedVolume(
      "data",
      ["id=1", "owner=other/infra/dev/volume/my#20data", "label.tier=gold", "fs=ext4"],
      {
        lv_active: true,
        lv_device_open: true,
      },
    );
    expect(liveVolumes("db1", hostWith(found))).toEqual([
      {
        host: "db1",
        id: "1",
        status: "available",
        volumeGroup: "fast",
        name: "data",
        pool: "pool",
        uuid: "uuid-of-data",
        sizeBytes: 2 ** 30,
        devicePath: "/dev/fast/data",
        isActive: true,
        isOpen: true,
        fileSystem: "ext4",
        labels: { tier: "gold" },
        owner: "other/infra/dev/volume/my data",
        retainedBy: undefined,
        microVm: undefined,
        reapAfter: undefined,
      },
    ]);
  });

  test.each([
    ["available", [OWNER]],
    ["attached", [OWNER, "attachment=2", "microvm=db"]],
    ["attached", [OWNER, "attachment=2", "microvm=db", "pending=grow"]],
    ["unfinished", [OWNER, "pending=mkfs"]],
    ["unfinished", [OWNER, "pending=mkfs", "pending=zero"]],
    ["retained", ["retained=acme/infra/prod/volume/data"]],
    ["deleted", ["reap-after=1795942800"]],
  ])("calls a volume %s that has %j", (status, tags) => {
    expect(liveVolumes("db1", hostWith(taggedVolume("data", ["id=1", ...tags])))[0]?.status).toBe(status);
  });

  test("gives the time at which a deleted one goes", () => {
    const [volume] = liveVolumes("db1", hostWith(taggedVolume("data.deleted.1", ["id=1", "reap-after=1795942800"])));
    expect(volume?.reapAfter).toBe("2026-11-29T09:00:00.000Z");
  });

  test("leaves out what is no volume of ours", () => {
    const pool = taggedVolume("pool", ["owner=acme/infra/prod/thinPool/pool"], { pool_lv: "" });
    expect(liveVolumes("db1", hostWith(taggedVolume("root", []), pool))).toEqual([]);
  });

  test("has no pool for a linear one", () => {
    const found = taggedVolume("data", ["id=1"], { pool_lv: "" });
    expect(liveVolumes("db1", hostWith(found))[0]?.pool).toBeUndefined();
  });
});
