import { liveAttachments } from "../../../../../provider/hosts/live/attachments.js";
import { hostWith, taggedVolume } from "./tagged-volume.js";

const LEASE = ["attachment=2", "lease-owner=acme/infra/prod/attachment/db", "microvm=db", "drive=data_1", "root=yes"];

describe("liveAttachments", () => {
  test("reads a lease from its tags", () => {
    const found = taggedVolume("data", ["id=1", ...LEASE], { lv_active: true });
    expect(liveAttachments("db1", hostWith(found, taggedVolume("free", ["id=3"])))).toEqual([
      {
        host: "db1",
        id: "2",
        microVm: "db",
        owner: "acme/infra/prod/attachment/db",
        volumeId: "1",
        volumeGroup: "fast",
        volumeName: "data",
        devicePath: "/dev/fast/data",
        driveId: "data_1",
        isRootDevice: true,
        isActive: true,
        isOpen: false,
      },
    ]);
  });
});
