import { Declarations } from "../../../../provider/declarations.js";
import { tag } from "../../../../provider/model/tag.js";
import { volume } from "../../../../provider/resources/volume.js";
import { MACHINE_ID } from "../../../support/samples.js";
import { host, lv, ours, pool, preview, thin } from "./volume-preview.js";

const there = { name: "db1", machineId: MACHINE_ID };
const SNAPSHOT = { from: "snapshot", id: "id-of-before", host: there };
const VOLUME = { from: "volume", id: "id-of-data", host: there };
const data = (fields: object = {}) => ours("data", "1GiB", fields);
const taken = (fields: object = {}) =>
  lv("before", "1GiB", {
    pool_lv: "pool",
    lv_tags: [tag("identity", "id-of-before"), tag("snapshot-of", "id-of-data"), tag("fs", "ext4")],
    ...fields,
  });
const clone = (source: object, fields: object = {}) => thin("copy", "1GiB", { clone: source, ...fields });

describe("a clone that is still to be made", () => {
  test.each([
    ["of a snapshot", [taken()], clone(SNAPSHOT)],
    [
      "of a snapshot, with its file system and a larger size",
      [taken()],
      clone(SNAPSHOT, { size: "2GiB", fileSystem: "ext4" }),
    ],
    ["of a volume that a microVM has", [data({ lv_active: true, lv_device_open: true })], clone(VOLUME)],
  ])("%s may be made", (_case, found, inputs) => {
    expect(preview(host(pool("8GiB"), ...found), [inputs])).toEqual([]);
  });

  test.each([
    ["there is no such snapshot", [data()], clone(SNAPSHOT), "there is no snapshot id-of-before"],
    ["what has the id is no snapshot", [data()], clone({ ...SNAPSHOT, id: "id-of-data" }), "there is no snapshot"],
    [
      "it would be smaller",
      [taken()],
      clone(SNAPSHOT, { size: "512MiB" }),
      '"fast/before" has 1 GiB, and the program says 512 MiB',
    ],
    [
      "it would have another file system",
      [taken()],
      clone(SNAPSHOT, { fileSystem: "xfs" }),
      'Set fileSystem to "ext4"',
    ],
    [
      "the volume is linear",
      [data({ pool_lv: "" })],
      clone(VOLUME),
      "is linear, and a clone is in the pool of its source\nMake a Backup",
    ],
    ["the volume is in another pool", [data({ pool_lv: "other" })], clone(VOLUME), 'is in thin pool "fast/other"'],
    [
      "the volume is deleted",
      [data({ lv_tags: [tag("id", "id-of-data"), tag("reap-after", "1")] })],
      clone(VOLUME),
      'Bring it back with adopt: "uuid-of-data"',
    ],
    [
      "the volume is not finished",
      [data({ lv_tags: [tag("id", "id-of-data"), tag("pending", "restore")] })],
      clone(VOLUME),
      "is not finished",
    ],
    ["the pool has promised all it has", [taken(), data()], clone(SNAPSHOT), "would be promised 3 GiB"],
  ])("is refused when %s", (_case, found, inputs, words) => {
    expect(
      preview(host(pool("2GiB"), lv("other", "2GiB", { lv_layout: ["thin", "pool"] }), ...found), [inputs]),
    ).toEqual([expect.stringContaining(words)]);
  });
});

test("a clone that is there may lose its source, and gets no other one", () => {
  const refusal = (clone: object | undefined) =>
    volume
      .refuse?.(thin("copy", "1GiB", { clone: SNAPSHOT }), thin("copy", "1GiB", { clone }))
      .map(({ problem }) => problem.detail);
  expect(refusal(undefined)).toEqual([]);
  expect(refusal({ ...SNAPSHOT, pool: "pool" })).toEqual([]);
  expect(refusal({ ...SNAPSHOT, id: "2" })).toEqual(["it is snapshot id-of-before, and the program says snapshot 2"]);
  expect(refusal(VOLUME)).toEqual(["it is snapshot id-of-before, and the program says volume id-of-data"]);
});

describe("a clone whose size the program leaves out", () => {
  const inputs = clone(SNAPSHOT, { size: undefined });

  test("counts with that of its source, and of what it is once it is there", () => {
    const declarations = new Declarations();
    const bytes = () => declarations.volumes.get(inputs.owner)?.sizeBytes;
    expect(preview(host(pool("8GiB"), taken()), [inputs], declarations)).toEqual([]);
    expect(bytes()).toBe(2 ** 30);
    expect(preview(host(pool("8GiB"), ours("copy", "2GiB")), [inputs], declarations)).toEqual([]);
    expect(bytes()).toBe(2 ** 31);
  });

  test("shows its size, and has no drift whatever that is", () => {
    const observation = host(pool("8GiB"), ours("copy", "2GiB"));
    const made = volume.outputs({ id: "id-of-copy", inputs, observation, facts: new Map(), previous: undefined });
    expect(made?.size).toBe("2147483648B");
    if (made === undefined) throw new Error("it is there");
    expect(volume.drift?.(inputs, made)).toEqual([]);
    expect(volume.drift?.({ ...inputs, size: "3GiB" }, made)).toEqual(["size"]);
  });
});
