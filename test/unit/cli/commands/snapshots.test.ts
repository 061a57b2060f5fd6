import { snapshotRow } from "../../../../cli/commands/snapshots.js";
import { type LiveSnapshot, liveSnapshots } from "../../../../provider/hosts/live/snapshots.js";
import { hostWith, taggedVolume } from "../../provider/hosts/live/tagged-volume.js";

const OWNER = "owner=acme/infra/prod/snapshot/before";
const TAKEN = 1_795_942_800;
const snapshot = (name: string, taken: number, more: object = {}) =>
  taggedVolume(name, [`identity=id-of-${name}`, "snapshot-of=1", `taken=${taken}`, OWNER, "label.why=release"], {
    lv_permissions: "read-only",
    ...more,
  });
const volume = taggedVolume("data", ["id=1", "owner=acme/infra/prod/volume/data"]);
const pool = taggedVolume("pool", [], { pool_lv: "", lv_layout: ["thin", "pool"], data_percent: 43.5 });
const classic = {
  pool_lv: "",
  lv_role: ["public", "snapshot", "thicksnapshot"],
  lv_size: 2 ** 26,
  origin_size: 2 ** 30,
};

const rowsOf = (...found: ReturnType<typeof taggedVolume>[]) =>
  liveSnapshots("db1", hostWith(...found)).map((each) => snapshotRow(each, "acme/infra/prod"));

describe("the snapshots of a host", () => {
  test("are those that a Snapshot took, with what the host tells of them", () => {
    const ofBackup = taggedVolume("pulumi-lvm-backup-1", ["backup-of=1", "backup-target=offsite"]);
    const half = snapshot("half", TAKEN, { pool_lv: "" });
    expect(liveSnapshots("db1", hostWith(volume, pool, ofBackup, half, snapshot("before", TAKEN)))).toEqual<
      LiveSnapshot[]
    >([
      {
        host: "db1",
        id: "id-of-before",
        volumeGroup: "fast",
        name: "before",
        volumeId: "1",
        volumeName: "data",
        pool: "pool",
        uuid: "uuid-of-before",
        time: "2026-11-29T09:00:00.000Z",
        sizeBytes: 2 ** 30,
        roomBytes: undefined,
        usedPercent: 43.5,
        isLost: false,
        isReadOnly: true,
        labels: { why: "release" },
        owner: "acme/infra/prod/snapshot/before",
      },
    ]);
  });

  test("are listed by their time, with how full what holds them is", () => {
    const found = [
      snapshot("newer", TAKEN + 1, { ...classic, data_percent: 12.5 }),
      snapshot("lost", TAKEN + 2, { ...classic, data_percent: 100, lv_snapshot_invalid: "snapshot invalid" }),
      snapshot("older", TAKEN),
      snapshot("asleep", TAKEN + 3, classic),
    ];
    expect(rowsOf(volume, pool, ...found).map(([, name, of, , size, used]) => [name, of, size, used])).toEqual([
      ["fast/older", "fast/data", "1 GiB", "43.5 % of pool pool"],
      ["fast/newer", "fast/data", "1 GiB", "12.5 % of 64 MiB"],
      ["fast/lost", "fast/data", "1 GiB", "lost: its room ran full"],
      ["fast/asleep", "fast/data", "1 GiB", "of 64 MiB"],
    ]);
  });

  test("outlive their volume, and say so", () => {
    expect(rowsOf(snapshot("before", TAKEN))).toEqual([
      [
        "db1",
        "fast/before",
        "1, which is gone",
        "2026-11-29T09:00:00.000Z",
        "1 GiB",
        "of pool pool",
        "snapshot/before",
        "id-of-before",
      ],
    ]);
  });
});
