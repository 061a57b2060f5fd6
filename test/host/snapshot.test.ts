import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { cutAfter, cutThereAndBack, installCutter, removeCutter } from "../support/cut.js";
import { BackupHost, Volume } from "./backup-host.js";
import type { Managed } from "./managed.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const MIB = 2 ** 20;

let data: Volume;
let raw: Volume;
let before: Managed;
let rawBefore: Managed;

const snapshotOf = (volume: Volume, volumeName: string, name: string, more: object = {}) =>
  on.declare("snapshot", name, {
    ...{ volumeId: volume.id, volumeGroup: "fast", volumeName, name, labels: { why: "release" } },
    ...more,
  });
const attributesOf = async (name: string) => (await on.sh(`lvs --noheadings -o lv_attr fast/${name}`)).trim();

beforeAll(async () => {
  await on.open("512MiB");
  data = await on.volume("data", "64MiB");
  raw = await on.volume("raw", "16MiB", false);
  await data.write(0, 4096);
  before = snapshotOf(data, "data", "before");
  rawBefore = snapshotOf(raw, "raw", "raw-before", { size: "8MiB" });
  await installCutter(host);
});
afterAll(async () => {
  await removeCutter(host);
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test.each([
  ["a thin volume", () => before],
  ["a linear volume", () => rawBefore],
])(
  "a snapshot of %s, cut after any command of its making or its removal, is as if nothing had been",
  async (_of, it) => {
    expect(
      await cutThereAndBack(
        host,
        () => it().up(),
        () => it().destroy(),
      ),
    ).toEqual({
      there: ["lvcreate"],
      back: ["lvremove"],
    });
  },
);

test("what LVM leaves of a linear volume's snapshot when its lvcreate is cut is made anew, and what is somebody else's is not", async () => {
  await cutAfter(host, 0);
  await on.sh("lvcreate -q -y -L 8M -n raw-before fast");
  await expect(rawBefore.up()).rejects.toThrow(/logical volume "fast\/raw-before" exists .*and is not this snapshot/i);
  const { identity } = rawBefore.inputs["host"] as { identity: string };
  const tags = [
    ...[`owner=${rawBefore.inputs["owner"]}`, `made-by=${identity}`],
    ...[`snapshot-of=${raw.id}`, "identity=99999999-2222-3333-4444-555555555555"],
  ];
  await on.sh(`lvchange -q ${tags.map((tag) => `--addtag pulumi-lvm.${tag}`).join(" ")} fast/raw-before`);
  await rawBefore.up();
  expect(await attributesOf("raw-before")).toMatch(/^sri/);
  expect(rawBefore.outputs).toMatchObject({ sizeBytes: 16 * MIB, roomBytes: 8 * MIB, isReadOnly: true, isValid: true });
});

test("what LVM leaves of it when its lvremove is cut goes with the next delete", async () => {
  await cutAfter(host, 0);
  await rawBefore.up();
  const tags = (await on.sh("lvs --noheadings -o lv_tags fast/raw-before")).trim().split(",");
  await on.sh(
    `lvremove -q -y fast/raw-before; lvcreate -q -y -L 8M -n raw-before ${tags.map((tag) => `--addtag ${tag}`).join(" ")} fast`,
  );
  await rawBefore.destroy();
  expect(await on.sh("lvs --noheadings -o lv_name fast")).not.toContain("raw-before");
});

test("a linear volume with a snapshot is not deleted and does not grow, and the snapshot gets more room in place", async () => {
  await cutAfter(host, 0);
  await rawBefore.up();
  await expect(raw.destroy()).rejects.toThrow(
    'linear volume "fast/raw" has snapshots that would be lost with it: raw-before',
  );
  await expect(raw.grow("32MiB")).rejects.toThrow("cannot grow while it has snapshots: raw-before");
  expect(await rawBefore.up({ ...rawBefore.inputs, size: "12MiB" })).toBe("update");
  expect(await rawBefore.up()).toBe("same");
  expect(rawBefore.outputs).toMatchObject({ roomBytes: 12 * MIB });
});

describe("a clone of a snapshot, larger than that", () => {
  let copy: Managed;

  beforeAll(async () => {
    await cutAfter(host, 0);
    await before.up();
    const { name, machineId } = before.inputs["host"] as { name: string; machineId: string };
    copy = on.declare("volume", "copy", {
      ...{ volumeGroup: "fast", pool: "pool", name: "copy", size: "96MiB", maxOvercommit: 100 },
      ...{ deletionPolicy: "delete", deleteUnverified: true },
      clone: { from: "snapshot", id: before.id, host: { name, machineId } },
    });
  });

  test("cut after any command of its making or its removal, is as if nothing had been", async () => {
    expect(
      await cutThereAndBack(
        host,
        () => copy.up(),
        () => copy.destroy(),
      ),
    ).toEqual({
      there: ["lvcreate", "lvchange", "lvextend"],
      back: ["lvremove"],
    });
  });

  test("is read by its first backup where it is mapped and nowhere else; backups and the reaper leave snapshots alone", async () => {
    await cutAfter(host, 0);
    await copy.up();
    const volume = new Volume(on, "copy", copy);
    await on.sh("lvchange -q -ay fast/copy");
    await volume.write(64 * 1024, 4096);
    expect(await volume.backup()).toMatchObject({
      full: "there is no base yet",
      sizeBytes: 96 * MIB,
      bytesRead: 8 * MIB,
    });
    await data.backup();
    await data.backup();
    await on.sh("systemctl start pulumi-lvm-reap.service");
    expect(await on.sh("lvs --noheadings -o lv_name fast/before fast/raw-before")).toMatch(/before\s+raw-before/);
  });
});
