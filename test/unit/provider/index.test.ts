import { type Kind, resource } from "../../../provider/index.js";
import { hostRef, ownerOf, sampleInputs, UNKNOWN } from "../../support/samples.js";

const programOf = (kind: Kind) => ({ host: hostRef, owner: ownerOf(kind, "a"), ...sampleInputs[kind] });

/** What the state holds of each sample beside its inputs, as far as a diff looks at it. */
const sampleOutputs: Partial<Record<Kind, object>> = {
  volumeGroup: { existing: false },
  thinPool: {
    maxOvercommit: 1,
    allowUnzeroedChunks: false,
    existing: false,
    sizeBytes: 2 ** 30,
    extentBytes: 2 ** 22,
  },
  volume: {
    fileSystem: "none",
    labels: {},
    deletionPolicy: "tombstone",
    graceDays: 7,
    sizeBytes: 2 ** 30,
    extentBytes: 2 ** 22,
  },
  attachment: { isRootDevice: false, isActive: true },
  snapshot: { labels: {}, isReadOnly: true, roomBytes: 0, extentBytes: 2 ** 22 },
};

const source = {
  target: (sampleInputs.backup as { target: object }).target,
  volumeId: "11111111-2222-3333-4444-555555555555",
  recoveryPoint: "0123456789abcdef",
};

const kinds = Object.keys(sampleInputs) as Kind[];
const stateOf = (kind: Kind) => ({ ...programOf(kind), ...sampleOutputs[kind] });
const diff = (kind: Kind, news: object, olds: object = {}) =>
  resource(kind).diff("1", { ...stateOf(kind), ...olds }, { ...programOf(kind), ...news });

describe("resource", () => {
  test("refuses a kind of a newer release in words", () => {
    expect(() => resource("teleporter")).toThrow(
      'This release of pulumi-lvm does not know "teleporter": install the release that wrote the state, or a newer one',
    );
  });

  test.each(kinds)("%s checks with every value unknown", async (kind) => {
    const unknown = Object.fromEntries(Object.keys(programOf(kind)).map((key) => [key, UNKNOWN]));
    expect((await resource(kind).check({}, unknown)).failures).toEqual([]);
  });

  test.each<[Kind, string, object, string]>([
    ["volumeGroup", "other extents", { extentSize: "8MiB" }, "An extent size is chosen once"],
    ["volumeGroup", "an existing one in place of its own", { existing: true, disks: [] }, "Declare a new VolumeGroup"],
    ["thinPool", "another volume group", { volumeGroup: "slow" }, "A pool stays in its volume group"],
    [
      "snapshot",
      "another volume",
      { volumeId: "99999999-2222-3333-4444-555555555555" },
      "A snapshot is of one volume at one time",
    ],
    ["thinPool", "other chunks", { chunkSize: "128KiB" }, "A chunk size is chosen once"],
    ["volume", "another volume group", { volumeGroup: "slow" }, "A volume stays in its volume group"],
    ["volume", "no pool", { pool: undefined }, "A volume stays in its pool"],
    ["volume", "another file system", { fileSystem: "xfs" }, "Nothing is ever formatted again"],
    [
      "attachment",
      "another volume",
      { volumeId: "99999999-2222-3333-4444-555555555555" },
      "An attachment is one lease",
    ],
    ["attachment", "another microVM", { microVm: "web" }, "An attachment is one lease"],
    ["backup", "another volume", { volumeId: "99999999-2222-3333-4444-555555555555" }, "A Backup is one of one volume"],
    [
      "backup",
      "another bucket",
      { target: { ...(sampleInputs.backup as { target: object }).target, bucket: "elsewhere" } },
      "Cannot move a backup to another target: it is in s3:https://s3.eu-central-1.amazonaws.com/backups/prod/volumes/",
    ],
  ])("%s refuses %s, and names the way out", async (kind, _case, news, words) => {
    const { failures } = await resource(kind).check(programOf(kind), { ...programOf(kind), ...news });
    expect(failures.map(({ reason }) => reason).join("\n")).toContain(words);
  });

  test.each<[Kind, string, object]>([
    ["backup", "a volume", { volumeId: UNKNOWN }],
    ["volume", "a recovery point", { source: { ...source, recoveryPoint: UNKNOWN } }],
  ])("%s does not take %s that is not known yet for another one", async (kind, _case, news) => {
    const olds = { ...programOf(kind), ...(kind === "volume" ? { source } : {}) };
    expect((await resource(kind).check(olds, { ...programOf(kind), ...news })).failures).toEqual([]);
  });

  test.each<[Kind, string, { news?: object; olds?: object }]>([
    ["volumeGroup", "a disk more", { news: { disks: ["/dev/sdb", "/dev/sdc", "/dev/sdd"] } }],
    ["thinPool", "a larger size", { news: { size: "2GiB" } }],
    ["volume", "a larger size", { news: { size: "1.5GiB" } }],
    ["volume", "another name", { news: { name: "data2" } }],
    ["volume", "other labels", { news: { labels: { tier: "gold" } } }],
    ["volume", "another deletion policy", { news: { deletionPolicy: "retain" } }],
    ["snapshot", "other labels", { news: { labels: { before: "migration" } } }],
    ["snapshot", "one that can be written to", { olds: { isReadOnly: false } }],
    ["attachment", "another drive id", { news: { driveId: "root" } }],
    ["attachment", "a device that a reboot took away", { olds: { isActive: false } }],
  ])("%s updates in place for %s", async (kind, _case, { news = {}, olds = {} }) => {
    expect(await diff(kind, news, olds)).toMatchObject({ changes: true });
  });

  test.each<[Kind, string, object]>([
    ["volume", "a size that rounds up to the same extents", { size: "1021MiB" }],
    ["volume", "the same size in other words", { size: "1024MiB" }],
    ["volume", "what was adopted once", { adopt: "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA" }],
    ["volume", "the pool's limit", { maxOvercommit: 3 }],
    ["attachment", "the volume's new name", { volumeName: "data2" }],
    ["snapshot", "the volume's new name", { volumeName: "data2" }],
  ])("%s has nothing to do for %s", async (kind, _case, news) => {
    expect(await diff(kind, news)).toMatchObject({ changes: false });
  });
});
