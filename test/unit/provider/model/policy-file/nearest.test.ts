import { nearest } from "../../../../../provider/model/policy-file/nearest.js";

const KNOWN = ["schedule", "timeZone", "last", "daily", "match"];

test.each([
  ["a letter too few", "schedul", "schedule"],
  ["a letter too many", "dailly", "daily"],
  ["a wrong letter", "matsh", "match"],
  ["two letters in the wrong order", "dialy", "daily"],
  ["another case", "timezone", "timeZone"],
  ["three letters wrong", "schedxyz", undefined],
  ["another word", "keep", undefined],
  ["a short word of which half is wrong", "lost", "last"],
  ["nothing", "", undefined],
])("nearest, with %s: %j", (_name, word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});
