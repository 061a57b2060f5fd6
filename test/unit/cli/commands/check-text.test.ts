import { checkText } from "../../../../cli/commands/check.js";
import type { Finding } from "../../../../cli/health/findings.js";

const finding: Finding = {
  kind: "late",
  host: "db1",
  volume: "data",
  target: "offsite",
  summary: "the newest recovery point is 3 d old",
  detail: "",
  next: "Run it",
};

describe("checkText", () => {
  test("has a line for each finding, and one for what is under no policy", () => {
    const clock: Finding = {
      ...finding,
      kind: "clock",
      volume: undefined,
      target: undefined,
      summary: "its clock is slow",
    };
    const failed: Finding = { ...finding, kind: "failed", summary: "the last backup failed", detail: "no such host" };
    expect(checkText([clock, finding, failed], ["scratch", "tmp"], 1).split("\n")).toEqual([
      "db1: its clock is slow. Run it",
      "db1 data to offsite: the newest recovery point is 3 d old. Run it",
      "db1 data to offsite: the last backup failed: no such host. Run it",
      'note: under no policy: "scratch", "tmp"',
    ]);
  });

  test("says that all is well, but not of hosts that none could ask", () => {
    expect(checkText([], [], 2)).toBe("All backups are as they should be");
    expect(checkText([], [], 0)).toBe("No host could be asked");
  });
});
