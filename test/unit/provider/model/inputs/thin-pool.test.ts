import { thinPoolInputs } from "../../../../../provider/model/inputs/thin-pool.js";
import { hostRef, ownerOf, sampleInputs, UNKNOWN } from "../../../../support/samples.js";

const complaints = (fields: object): string[] =>
  (
    thinPoolInputs.safeParse({ host: hostRef, owner: ownerOf("thinPool", "pool"), ...sampleInputs.thinPool, ...fields })
      .error?.issues ?? []
  ).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the name of a pool", () => {
  test("fits into device-mapper's with what LVM adds for its parts, such as _tdata", () => {
    expect(complaints({ name: `${"n".repeat(18)}${"-".repeat(48)}` })).toEqual([]);
    expect(complaints({ name: `${"n".repeat(17)}${"-".repeat(49)}` })).toEqual([
      'name: must be at most 114 characters long in volume group "fast", where a hyphen counts twice: device-mapper\'s names are short',
    ]);
    expect(complaints({ name: "n".repeat(100), volumeGroup: UNKNOWN })).toEqual([]);
  });
});
