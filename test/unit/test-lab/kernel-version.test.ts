import { isLinuxFrom, newestVersion } from "../../lab/kernel-version.js";

describe("newestVersion()", () => {
  test("is that of the first line, whatever suite it is of", () => {
    const madison = [
      "user-mode-linux | 7.2um1+b2 | http://mirror.test/debian sid/main amd64 Packages",
      "user-mode-linux | 6.17um1~bpo13+1 | http://mirror.test/debian trixie-backports/main amd64 Packages",
      "",
    ];
    expect(newestVersion(madison.join("\n"))).toBe("7.2um1+b2");
  });

  test("is none for a package that the mirror does not have", () => {
    expect(newestVersion("")).toBeUndefined();
  });
});

test.each([
  ["6.1um4+b13", false],
  ["6.12um1", false],
  ["6.16um1~bpo13+1", true],
  ["6.17um1", true],
  ["7.2um1", true],
  ["10.0um1", true],
  ["5.99um1", false],
  ["nonsense", false],
])("isLinuxFrom(): %s counts as 6.16 or newer: %s", (version, expected) => {
  expect(isLinuxFrom(version, { major: 6, minor: 16 })).toBe(expected);
});
