import { volumeInputs } from "../../../../../provider/model/inputs/volume.js";
import { labelTags, tag } from "../../../../../provider/model/tag.js";
import { hostRef, MACHINE_ID, ownerOf, sampleInputs, UNKNOWN } from "../../../../support/samples.js";

const source = {
  target: (sampleInputs.backup as { target: object }).target,
  volumeId: "11111111-2222-3333-4444-555555555555",
  recoveryPoint: "latest",
};

/** What the schema says of a volume, with the field that it says it of. */
const complaints = (fields: object): string[] =>
  (
    volumeInputs.safeParse({ host: hostRef, owner: ownerOf("volume", "data"), ...sampleInputs.volume, ...fields }).error
      ?.issues ?? []
  ).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a clone", () => {
  const clone = {
    from: "snapshot",
    id: "1",
    volumeGroup: "fast",
    pool: "pool",
    host: { name: "db1", machineId: MACHINE_ID },
  };
  const elsewhere = 'the snapshot is in "fast/other", and a clone is in the pool of its source';

  test("may have the size of its source; nothing else may leave it out", () => {
    expect(complaints({ clone, size: undefined })).toEqual([]);
    expect(complaints({ size: undefined })).toEqual(["size: it is missing"]);
  });

  test.each([
    ["in another pool", { pool: "other" }, {}, [`pool: ${elsewhere}`]],
    ["in a pool of which the program knows nothing", { volumeGroup: undefined, pool: undefined }, {}, []],
    ["in a pool that is not known yet", { pool: UNKNOWN }, {}, []],
    ["for a linear volume", {}, { pool: undefined }, ["pool: a clone is in a thin pool, and this volume is linear"]],
    [
      "on another machine",
      { host: { name: "web1", machineId: "0".repeat(32) } },
      {},
      ['clone: the snapshot is on host "web1", and a clone is made where its source is'],
    ],
    ["on the same machine under another name", { host: { name: "db", machineId: MACHINE_ID } }, {}, []],
    ["on a machine that is not known yet", { host: { name: "web1", machineId: UNKNOWN } }, {}, []],
    [
      "on another new host",
      { host: { name: "web1", machineId: UNKNOWN } },
      { host: { ...hostRef, machineId: UNKNOWN } },
      ['clone: the snapshot is on host "web1", and a clone is made where its source is'],
    ],
  ])("of what is %s", (_case, source, fields, words) => {
    expect(complaints({ clone: { ...clone, ...source }, ...fields })).toEqual(words);
  });
});

describe("a label", () => {
  const key = "k".repeat(63);

  test("takes what fits into a tag of LVM with its key, as it is kept there", () => {
    const longest = "ü".repeat(157);
    expect(labelTags({ [key]: longest })[0]?.length).toBeLessThanOrEqual(1024);
    expect(complaints({ labels: { [key]: longest } })).toEqual([]);
    expect(complaints({ labels: { [key]: "x".repeat(200), k: "ü".repeat(167) } })).toEqual([]);
  });

  test.each([
    ["two bytes a letter", "ü".repeat(158), 948],
    ["four bytes a letter", "😀".repeat(100), 1200],
    ["three bytes a letter", "語".repeat(200), 1800],
  ])("of %s that does not is refused with the bytes that it takes", (_case, value, bytes) => {
    expect(complaints({ labels: { [key]: value } })).toEqual([
      `labels.${key}: must be at most 943 bytes long as LVM keeps it, with 3 for each byte but A-Z a-z 0-9 _ + . / = ! : & -, and has ${bytes}`,
    ]);
  });

  test.each(["a=b", "", "a b", "ä", "k".repeat(64)])("%j as its key is refused by the rule for keys", (wrong) => {
    expect(complaints({ labels: { [wrong]: "x" } })).toEqual([
      `labels.${wrong}: the key of a label must be 1 to 63 of A-Z a-z 0-9 _ . -`,
    ]);
  });
});

test("an owner takes what fits into the longest of its tags, as it is kept there", () => {
  const longest = "ü".repeat(166);
  expect(tag("lease-owner", longest).length).toBeLessThanOrEqual(1024);
  expect(complaints({ owner: longest })).toEqual([]);
  expect(complaints({ owner: "o".repeat(400) })).toEqual([]);
  expect(complaints({ owner: "ü".repeat(167) })).toEqual([
    "owner: must be at most 1001 bytes long as LVM keeps it, with 3 for each byte but A-Z a-z 0-9 _ + . / = ! : & -, and has 1002",
  ]);
});

describe("the name of a volume", () => {
  const refused = (room: number, volumeGroup = "fast") =>
    `name: must be at most ${room} characters long in volume group "${volumeGroup}", where a hyphen counts twice: device-mapper's names are short`;

  test.each([
    ["as long as a name may be", "n".repeat(100), "fast"],
    ["whose hyphens, doubled, fit with the ending of a tombstone", `${"n".repeat(80)}${"-".repeat(10)}n`, "fast"],
    ["of one letter in a group of a long name", "n", "g".repeat(60)],
  ])("%s is taken", (_case, name, volumeGroup) => {
    expect(complaints({ name, volumeGroup })).toEqual([]);
  });

  test.each([
    ["whose hyphens, doubled, do not fit", `n${"-".repeat(99)}`, "fast", 101],
    ["that does not fit with that of its group", "n".repeat(46), "g".repeat(60), 45],
    ["that does not fit with the hyphens of its group", "n".repeat(96), "a-b-c-d", 95],
  ])("%s is refused", (_case, name, volumeGroup, room) => {
    expect(complaints({ name, volumeGroup })).toEqual([refused(room, volumeGroup)]);
  });

  test("leaves a group out whose name leaves no room for what goes on beside it", () => {
    expect(complaints({ name: "n", volumeGroup: "g".repeat(66) })).toEqual([
      "volumeGroup: must be at most 65 characters long, where a hyphen counts twice: device-mapper's names are short",
    ]);
    expect(complaints({ name: "n", volumeGroup: "g".repeat(42), source })).toEqual([
      "volumeGroup: must be at most 41 characters long, where a hyphen counts twice: device-mapper's names are short",
    ]);
  });

  test("is not judged by a group that is not known yet", () => {
    expect(complaints({ name: "n".repeat(100), volumeGroup: UNKNOWN })).toEqual([]);
  });
});
