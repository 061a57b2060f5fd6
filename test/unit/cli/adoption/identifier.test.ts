import { identifier, uniqueNames } from "../../../../cli/adoption/identifier.js";

describe("identifier", () => {
  test.each([
    [["vg0", "data"], "vg0Data"],
    [["VG-fast", "pg_wal.1"], "vGFastPgWal1"],
    [["0", "a"], "_0A"],
    [["new", "_"], "_new"],
    [["+", "."], "_"],
  ])("makes %j into %s", (words, name) => {
    expect(identifier(words)).toBe(name);
  });
});

test("uniqueNames gives no name twice, and none that is taken", () => {
  const unique = uniqueNames(["host"], (text, count) => `${text}-${count}`);
  expect(["host", "a", "a", "a", "a-2"].map(unique)).toEqual(["host-2", "a", "a-2", "a-3", "a-2-2"]);
});
