import { describeNextRuns } from "../../../sdk/next-runs.js";

const FROM = new Date("2026-11-23T15:00:00Z");
const last = (schedule: string, jitter: string | undefined) =>
  describeNextRuns(schedule, "UTC", jitter, FROM).split("\n").at(-1);

test.each([
  ["none is given and runs are far apart", "daily", undefined, "5m"],
  ["one is given", "*:0/20", "3m", "3m"],
])("says by how much later runs may start when %s", (_case, schedule, jitter, later) => {
  expect(last(schedule, jitter)).toBe(`  each up to ${later} later, and when its turn on the host has come`);
});

test("says nothing of a jitter when there is none", () => {
  expect(last("*:0/20", undefined)).toBe("  Mon 2026-11-23 16:00:00 UTC = 2026-11-23T16:00:00Z");
});
