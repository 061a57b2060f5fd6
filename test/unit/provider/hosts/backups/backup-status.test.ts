import { statusOutcome } from "../../../../../provider/hosts/backups/backup-status.js";

const TIME = "2026-11-23T12:00:00Z";

describe("statusOutcome", () => {
  test("reads a host that has no backups, and what an older program leaves out", () => {
    expect(statusOutcome.parse({ time: TIME })).toEqual({ time: TIME, backups: [], schedules: [], pools: [] });
    expect(statusOutcome.parse({ time: TIME, backups: [{ volume: "v", target: "t" }] }).backups).toEqual([
      { volume: "v", target: "t" },
    ]);
  });

  test("takes null for what never happened", () => {
    const [found] = statusOutcome.parse({
      time: TIME,
      backups: [{ volume: "v", target: "t", running: null, lastSuccess: null, lastDrill: null, policy: null }],
    }).backups;
    expect(found?.running).toBeUndefined();
    expect(found?.lastSuccess).toBeUndefined();
  });

  test("leaves out members that it does not know", () => {
    const parsed = statusOutcome.parse({
      time: TIME,
      backups: [
        { volume: "v", target: "t", dataRead: { next: 2 }, running: { kind: "drill", since: TIME, bootId: "b" } },
      ],
      schedules: [
        {
          schedule: "s",
          volume: "v",
          target: "t",
          policy: "p",
          timers: [{ unit: "u", isActive: true, isEnabled: true, nextRun: null }],
        },
      ],
    });
    expect(parsed.backups[0]?.running).toEqual({ kind: "drill", since: TIME });
    expect(parsed.schedules[0]?.timers[0]?.nextRun).toBeUndefined();
  });

  test.each([
    ["no time", {}],
    ["a time that is none", { time: "yesterday" }],
    ["an attempt without an end", { time: TIME, backups: [{ volume: "v", target: "t", lastAttempt: { time: TIME } }] }],
  ])("refuses %s", (_name, given) => {
    expect(statusOutcome.safeParse(given).success).toBe(false);
  });
});
