import { Declarations } from "../../../../provider/declarations.js";
import type { Observation } from "../../../../provider/hosts/observation/observation.js";
import { snapshotInputs } from "../../../../provider/model/inputs/snapshot.js";
import { describeProblem } from "../../../../provider/model/problem.js";
import { tag } from "../../../../provider/model/tag.js";
import { checkSnapshot } from "../../../../provider/resources/check-snapshot.js";
import { snapshot } from "../../../../provider/resources/snapshot.js";
import { hostRef, ownerOf } from "../../../support/samples.js";
import { host, lv, ours, pool, preview, thin, wanted } from "./volume-preview.js";

const VOLUME_ID = "11111111-2222-3333-4444-555555555555";
const idTag = tag("id", VOLUME_ID);
const OWNER = ownerOf("snapshot", "before");
const inputs = (fields: object = {}) =>
  snapshotInputs.parse({
    ...{ host: hostRef, owner: OWNER, identity: "id-of-before", volumeId: VOLUME_ID },
    ...{ volumeGroup: "fast", volumeName: "data", name: "before" },
    ...fields,
  });
const complaints = (observation: Observation, fields: object = {}, declarations = new Declarations()): string[] =>
  checkSnapshot(inputs(fields), observation, declarations).map(
    ({ property, problem }) => `${property}: ${describeProblem(problem)}`,
  );

const thinData = lv("data", "1GiB", { pool_lv: "pool", lv_tags: [idTag] });
const linearData = lv("data", "1GiB", { lv_tags: [idTag] });
const taken = (name: string, fields: object = {}) =>
  lv(name, "1GiB", { pool_lv: "pool", lv_tags: [tag("identity", "id-of-before"), tag("owner", OWNER)], ...fields });

describe("a snapshot that is still to be taken", () => {
  test.each([
    ["of a thin volume", host(pool("4GiB"), thinData), { maxOvercommit: 1 }],
    ["of a thin volume whose pool's limit is not known", host(pool("1GiB"), thinData), {}],
    ["of a linear volume with room", host(linearData), { size: "1GiB" }],
  ])("%s may be taken", (_case, observation, fields) => {
    expect(complaints(observation, fields)).toEqual([]);
  });

  test.each([
    ["no volume of that id", host(pool("4GiB")), {}, `no logical volume there carries its id, ${VOLUME_ID}`],
    [
      "a deleted volume",
      host({ ...thinData, lv_tags: [idTag, tag("reap-after", "1")] }),
      {},
      'Bring it back with adopt: "uuid-of-data" on a Volume',
    ],
    ["a linear volume without a size", host(linearData), {}, "Set size to that room"],
    ["a linear volume in a group without that room", host(linearData), { size: "11GiB" }, "needs 11 GiB more"],
    [
      "a name that somebody has",
      host(pool("4GiB"), thinData, lv("before", "1GiB")),
      {},
      'name: Logical volume "fast/before" exists on host "db1" and is not this snapshot',
    ],
    [
      "a pool that has promised all it has",
      host(pool("1GiB"), thinData),
      { maxOvercommit: 1 },
      "its volumes would be promised 2 GiB, more than maxOvercommit 1 allows",
    ],
  ])("is refused for %s", (_case, observation, fields, words) => {
    expect(complaints(observation, fields)).toEqual([expect.stringContaining(words)]);
  });

  test("is refused with the name of a volume of the program", () => {
    const declarations = new Declarations();
    const observation = host(pool("4GiB"), thinData);
    preview(observation, [thin("before", "1GiB")], declarations);
    expect(complaints(observation, {}, declarations)).toEqual([
      expect.stringContaining('Logical volume "fast/before" is declared twice'),
    ]);
  });
});

describe("a snapshot that is there", () => {
  test("needs its volume no more", () => {
    expect(complaints(host(pool("4GiB"), taken("before")), { maxOvercommit: 1 })).toEqual([]);
  });

  test("counts once for the pool, under another name too, and beside volumes", () => {
    const observation = host(pool("2GiB"), thinData, taken("old-name"));
    expect(complaints(observation, { maxOvercommit: 1 })).toEqual([]);
    expect(preview(observation, [thin("more", "4MiB")])).toEqual([expect.stringContaining("promised 2 GiB")]);
  });

  test("keeps the room that it has", () => {
    const classic = taken("before", { pool_lv: "", lv_role: ["public", "snapshot", "thicksnapshot"] });
    expect(complaints(host(linearData, classic), { size: "512MiB" })).toEqual([
      expect.stringContaining('Cannot shrink snapshot "fast/before" on host "db1": it has 1 GiB of room'),
    ]);
  });
});

describe("a volume with snapshots", () => {
  const ofRaw = (name: string, ...lv_tags: string[]) => lv(name, "64MiB", { origin: "raw", lv_tags });
  const raw = (size: string, ...others: ReturnType<typeof lv>[]) =>
    preview(host(ours("raw", "1GiB", { pool_lv: "" }), ...others), [wanted("raw", size)]);

  test("that is linear does not grow, and stays as it is without a word", () => {
    expect(raw("2GiB", ofRaw("before"), ofRaw("theirs"))).toEqual([
      expect.stringContaining('Cannot grow linear volume "fast/raw" on host "db1": it has snapshots: before, theirs'),
    ]);
    expect(raw("1GiB", ofRaw("before"))).toEqual([]);
    expect(raw("2GiB", ofRaw("pulumi-lvm-backup-1", tag("backup-of", "id-of-raw")))).toEqual([]);
  });

  test("that is adopted is no Snapshot", () => {
    const found = taken("before", { lv_tags: [tag("snapshot-of", VOLUME_ID)], lv_layout: ["thin", "sparse"] });
    const adopt = "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA";
    expect(preview(host(pool("4GiB"), { ...found, lv_uuid: adopt }), [thin("mine", "1GiB", { adopt })])).toEqual([
      expect.stringContaining('"fast/before" on host "db1" is a Snapshot and stays one'),
    ]);
  });
});

describe("what the host shows of a snapshot", () => {
  const outputsOf = (found: ReturnType<typeof lv>) =>
    snapshot.outputs({
      ...{ id: "id-of-before", inputs: inputs(), observation: host(found), facts: new Map(), previous: undefined },
    });
  const tags = [tag("identity", "id-of-before"), tag("snapshot-of", VOLUME_ID), tag("taken", "1795942800")];
  const classic = { lv_tags: tags, origin_size: 2 ** 30, lv_permissions: "read-only" };

  test("is its time, and that it is read-only", () => {
    const found = lv("before", "1GiB", { pool_lv: "pool", lv_tags: tags, lv_permissions: "read-only" });
    const made = outputsOf(found);
    expect(made).toMatchObject({
      time: "2026-11-29T09:00:00.000Z",
      sizeBytes: 2 ** 30,
      roomBytes: 0,
      isReadOnly: true,
    });
    if (made === undefined) throw new Error("it is there");
    expect(snapshot.drift?.(inputs(), made)).toEqual([]);
    expect(snapshot.drift?.(inputs(), { ...made, isReadOnly: false })).toEqual(["isReadOnly"]);
  });

  test("of a linear volume is its room too, and whether it ran full", () => {
    const lv_role = ["public", "snapshot", "thicksnapshot"];
    const made = outputsOf(lv("before", "64MiB", { ...classic, lv_role, lv_snapshot_invalid: "snapshot invalid" }));
    expect(made).toMatchObject({ sizeBytes: 2 ** 30, roomBytes: 2 ** 26, isValid: false });
    if (made === undefined) throw new Error("it is there");
    expect(snapshot.drift?.(inputs({ size: "61MiB" }), made)).toEqual([]);
    expect(snapshot.drift?.(inputs({ size: "128MiB" }), made)).toEqual(["size"]);
    // More than that LVM does not give it.
    expect(snapshot.drift?.(inputs({ size: "2GiB" }), { ...made, roomBytes: 2 ** 30 + 2 ** 22 })).toEqual([]);
  });

  test("is nothing where its making was cut, before LVM tied it to its volume", () => {
    expect(outputsOf(lv("before", "64MiB", classic))).toBeUndefined();
  });
});
