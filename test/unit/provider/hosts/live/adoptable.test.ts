import { findAdoptable } from "../../../../../provider/hosts/live/adoptable.js";
import type { KnownResources } from "../../../../../provider/hosts/live/orphans.js";
import type { LogicalVolume, VolumeGroupReport } from "../../../../../provider/hosts/observation/lvm-report.js";
import { hostRef } from "../../../../support/samples.js";
import { groupNamed, hostWith, taggedVolume, thinPoolNamed } from "./tagged-volume.js";

const nothing: KnownResources = {
  stack: "acme/infra/prod",
  volumes: new Set(),
  attachments: new Set(),
  snapshots: new Set(),
  pools: new Set(),
  volumeGroups: new Set(),
};
const UUID = "NUysqE-Zp64-Uw0n-BUhe-Q3al-j7Y7-dqU7QK";
const plain = { lv_layout: ["linear"], pool_lv: "", lv_uuid: UUID };
const pool = thinPoolNamed("pool", { lv_size: 2 ** 31 });

function adoptable(
  volumes: readonly LogicalVolume[],
  { known = {}, group = {} }: { known?: Partial<KnownResources>; group?: Partial<VolumeGroupReport> } = {},
) {
  const seen = { volumeGroups: [groupNamed("fast", group)], ...hostWith(...volumes), disks: [] };
  // The command line knows more of a host than a program says.
  return findAdoptable({ ...hostRef, ...{ anchors: [] } }, seen, { ...nothing, ...known }, new Map());
}

describe("findAdoptable", () => {
  test("finds groups, pools and plain volumes, with their exact sizes", () => {
    const linear = taggedVolume("data", [], { ...plain, lv_size: 2 ** 30 + 2 ** 22 });
    const thin = taggedVolume("app", [], { lv_uuid: UUID });
    const part = taggedVolume("pool_tdata", [], { lv_role: ["private", "thin", "pool", "data"], pool_lv: "" });
    expect(adoptable([linear, pool, thin, part])).toEqual({
      groups: [
        {
          name: "fast",
          isKnown: false,
          pools: [{ name: "pool", isKnown: false, maxOvercommit: 1, allowUnzeroedChunks: false }],
          volumes: [
            { name: "data", pool: undefined, size: "1028MiB", uuid: UUID, fileSystem: undefined, labels: {} },
            { name: "app", pool: "pool", size: "1GiB", uuid: UUID, fileSystem: undefined, labels: {} },
          ],
        },
      ],
      leftOut: [],
    });
  });

  test("gives a pool the limits with which what is in it passes the checks", () => {
    const full = thinPoolNamed("pool", { lv_size: 3 * 2 ** 29, zero: false });
    const volumes = ["a", "b"].map((name) => taggedVolume(name, [], { lv_uuid: UUID }));
    expect(adoptable([full, ...volumes]).groups[0]?.pools).toMatchObject([
      { maxOvercommit: 1.34, allowUnzeroedChunks: true },
    ]);
  });

  test("takes the file system from our tag, or from what the host sees on the device", () => {
    const seen = (name: string, fstype: string) => ({
      name,
      kname: "/dev/dm-1",
      type: "lvm",
      size: 1,
      fstype,
      pttype: null,
      mountpoint: null,
    });
    const disks = [seen("/dev/mapper/fast-my--data", "xfs"), seen("/dev/mapper/fast-swap", "swap")];
    const volumes = [
      taggedVolume("my-data", [], plain),
      taggedVolume("swap", [], plain),
      taggedVolume("kept", ["id=1", "retained=acme/infra/dev/volume/kept", "fs=ext4", "label.tier=gold"], plain),
    ];
    const found = findAdoptable(
      hostRef,
      { volumeGroups: [groupNamed("fast")], ...hostWith(...volumes), disks },
      nothing,
      new Map(),
    );
    expect(found.groups[0]?.volumes).toMatchObject([
      { name: "my-data", fileSystem: "xfs" },
      { name: "swap", fileSystem: undefined },
      { name: "kept", fileSystem: "ext4", labels: { tier: "gold" } },
    ]);
  });

  test("leaves out what the stack has, but for groups and pools in which something is new", () => {
    const known = {
      volumeGroups: new Set(["uuid-of-fast"]),
      pools: new Set(["uuid-of-pool"]),
      volumes: new Set(["1"]),
    };
    const own = taggedVolume("own", ["id=1", "owner=acme/infra/prod/volume/own"], { lv_uuid: UUID });
    expect(adoptable([pool, own], { known })).toEqual({ groups: [], leftOut: [] });
    const linear = taggedVolume("data", [], plain);
    expect(adoptable([pool, own, linear], { known }).groups).toMatchObject([
      { isKnown: true, pools: [], volumes: [{ name: "data" }] },
    ]);
    const thin = taggedVolume("app", [], { lv_uuid: UUID });
    expect(adoptable([pool, own, thin], { known }).groups).toMatchObject([
      { isKnown: true, pools: [{ name: "pool", isKnown: true }], volumes: [{ name: "app" }] },
    ]);
  });

  test.each<[string, Partial<LogicalVolume> & { tags?: string[] }, string]>([
    ["a cached volume", { ...plain, lv_layout: ["cache"] }, "it is cache, public: only linear"],
    ["a RAID volume", { ...plain, lv_layout: ["raid", "raid1"] }, "it is raid, raid1, public"],
    [
      "a classic snapshot",
      { ...plain, lv_role: ["public", "snapshot", "thicksnapshot"] },
      "it is linear, public, snapshot, thicksnapshot",
    ],
    ["a snapshot of backups", { tags: ["backup-of=7"] }, "a snapshot that backups of volume 7 keep"],
    ["a Snapshot of another state", { tags: ["snapshot-of=7", "identity=8"] }, "it is a Snapshot"],
    ["a scratch volume", { tags: ["drill-of=7"] }, "of a restore drill"],
    ["a stage", { ...plain, tags: ["stage=7"] }, "npx pulumi-lvm orphans"],
    ["a deleted one", { tags: ["id=7", "reap-after=1"] }, 'set adopt: "'],
    ["one of another stack", { tags: ["id=7", "owner=acme/app/prod/volume/x"] }, "belongs to acme/app/prod/volume/x"],
    ["one that the state lost", { tags: ["id=7", "owner=acme/infra/prod/volume/x"] }, "npx pulumi-lvm orphans"],
    ["an attached one", { tags: ["id=7", "attachment=1", "microvm=db"] }, 'attached to microVM "db"'],
    ["one in use", { ...plain, lv_device_open: true }, "it is in use"],
    ["one that is too small", { ...plain, lv_size: 2 ** 19 }, "its size Cannot use size"],
    ["one with too long a name", { ...plain, lv_name: "x".repeat(101) }, "its name must be at most 100"],
    ["one in a pool that is left out", { pool_lv: "other", lv_uuid: UUID }, 'its thin pool "other" is left out'],
    ["a half made one", { ...plain, tags: ["id=7", "pending=mkfs"] }, "it was not finished"],
  ])("leaves out %s, with the reason", (_title, { tags = [], ...more }, reason) => {
    const { groups, leftOut } = adoptable([pool, taggedVolume("data", tags, more)]);
    expect(groups[0]?.volumes).toEqual([]);
    expect(leftOut).toEqual([{ path: `fast/${more.lv_name ?? "data"}`, reason: expect.stringContaining(reason) }]);
  });

  test.each<[string, Partial<VolumeGroupReport>, string]>([
    ["that is exported", { vg_exported: "exported" }, "vgimport fast"],
    ["that is shared", { vg_shared: "shared" }, "shared with other machines"],
    ["with a missing disk", { vg_partial: "partial" }, "a disk of it is missing"],
    ["of another stack", { vg_tags: ["pulumi-lvm.owner=acme/app/prod/volumeGroup/x"] }, "belongs to acme/app/prod"],
    ["that the state lost", { vg_tags: ["pulumi-lvm.owner=acme/infra/prod/volumeGroup/x"] }, "npx pulumi-lvm orphans"],
  ])("leaves out a group %s, with all that is in it", (_title, group, reason) => {
    const { groups, leftOut } = adoptable([taggedVolume("data", [], plain)], { group });
    expect(groups).toEqual([]);
    expect(leftOut).toEqual([{ path: "fast", reason: expect.stringContaining(reason) }]);
  });

  test.each([
    ["leaving", "it goes after"],
    ["owner=acme/app/prod/thinPool/x", "belongs to acme/app/prod/thinPool/x"],
  ])("leaves out a pool with the tag %s, and what is in it", (tag, reason) => {
    const tagged = thinPoolNamed("pool", { lv_tags: [`pulumi-lvm.${tag}`] });
    const { groups, leftOut } = adoptable([tagged, taggedVolume("app", [], { lv_uuid: UUID })]);
    expect(groups).toMatchObject([{ pools: [], volumes: [] }]);
    expect(leftOut.map(({ path }) => path)).toEqual(["fast/pool", "fast/app"]);
    expect(leftOut[0]?.reason).toContain(reason);
  });

  test("leaves a snapshot of the stack alone", () => {
    const snapshot = taggedVolume("before", ["snapshot-of=7", "identity=8"], { lv_uuid: UUID });
    expect(adoptable([pool, snapshot], { known: { snapshots: new Set(["8"]) } }).leftOut).toEqual([]);
  });
});
