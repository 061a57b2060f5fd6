import { snapshotInputs } from "../../../../../provider/model/inputs/snapshot.js";
import { hostRef, ownerOf, sampleInputs } from "../../../../support/samples.js";

const complaints = (fields: object): string[] =>
  (
    snapshotInputs.safeParse({
      ...{ host: hostRef, owner: ownerOf("snapshot", "before"), ...sampleInputs.snapshot },
      ...fields,
    }).error?.issues ?? []
  ).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the size of a snapshot", () => {
  test.each([
    ["is left out in a thin pool", { isThin: true }],
    ["is given for a linear volume", { isThin: false, size: "64MiB" }],
    ["is judged by the host where the program does not know", { isThin: undefined }],
    ["is judged by the host where the program does not know, and says one", { isThin: undefined, size: "64MiB" }],
  ])("%s", (_case, fields) => {
    expect(complaints(fields)).toEqual([]);
  });

  test("is refused in a thin pool, and needed for a linear volume", () => {
    expect(complaints({ isThin: true, size: "64MiB" })).toEqual([
      'size: volume "data" is in a thin pool, where a snapshot takes its room',
    ]);
    expect(complaints({ isThin: false })).toEqual([
      'size: volume "data" is linear, and what is overwritten in it needs room in its volume group',
    ]);
  });
});

test("its name leaves no more room for an ending than it needs", () => {
  expect(complaints({ name: "n".repeat(100), volumeGroup: "g".repeat(24) })).toEqual([]);
  expect(complaints({ name: "n".repeat(100), volumeGroup: "g".repeat(25) })).toHaveLength(1);
});
