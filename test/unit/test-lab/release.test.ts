import { releasesOfPair } from "../../lab/release.js";

const given = process.env["LAB_RELEASES"];

afterEach(() => {
  if (given === undefined) delete process.env["LAB_RELEASES"];
  else process.env["LAB_RELEASES"] = given;
});

test("releasesOfPair() gives Debian 13 and 12", () => {
  delete process.env["LAB_RELEASES"];
  expect(releasesOfPair()).toEqual(["trixie", "bookworm"]);
});

test.each(["bookworm,trixie", "trixie,trixie"])("releasesOfPair() gives %s when LAB_RELEASES says so", (text) => {
  process.env["LAB_RELEASES"] = text;
  expect(releasesOfPair()).toEqual(text.split(","));
});

test.each(["trixie", "bookworm,sid", "bookworm,trixie,bookworm", "bookworm, trixie"])(
  'releasesOfPair() refuses "%s"',
  (text) => {
    process.env["LAB_RELEASES"] = text;
    expect(() => releasesOfPair()).toThrow(
      `LAB_RELEASES: "${text}" is not two of trixie, bookworm with a comma between\nSet it to bookworm,trixie`,
    );
  },
);
