import { resource } from "../../../../provider/index.js";
import { backupScheduleInputs } from "../../../../provider/model/inputs/backup-schedule.js";
import { describeProblem } from "../../../../provider/model/problem.js";
import { problemOf } from "../../../../provider/model/refuse-field.js";
import { documentDigest, fileDigest, scheduleDocument } from "../../../../provider/resources/schedule-document.js";
import { scheduleTimers } from "../../../../provider/resources/schedule-timers.js";
import { hostRef, ownerOf, sampleInputs } from "../../../support/samples.js";

const wanted = (more: object = {}) =>
  backupScheduleInputs.parse({
    host: hostRef,
    owner: ownerOf("backupSchedule", "nightly:data:offsite"),
    ...sampleInputs.backupSchedule,
    ...more,
  });

describe("scheduleTimers", () => {
  test("a schedule without retention and drills has one timer", () => {
    expect(scheduleTimers(wanted())).toEqual({
      backup: `[Unit]
Description=Backup of volume fast/data

[Timer]
OnCalendar=*-*-* 00:00:00 UTC
RandomizedDelaySec=300
FixedRandomDelay=true
Persistent=true
AccuracySec=1s

[Install]
WantedBy=timers.target`,
    });
  });

  test("without a jitter in the policy each timer has its own by how often it runs", () => {
    const timers = scheduleTimers(wanted({ schedule: "*:0/10", retention: { last: 3, prune: "daily" } }));
    expect(timers.backup).toContain("\nRandomizedDelaySec=0\nPersistent");
    expect(timers.prune).toContain("\nRandomizedDelaySec=300\nFixedRandomDelay=true\n");
    expect(scheduleTimers(wanted({ jitter: "0s" })).backup).toContain("\nRandomizedDelaySec=0\nPersistent");
  });

  test("prune and drills have their own, in the time zone and with the jitter of the policy", () => {
    const timers = scheduleTimers(
      wanted({
        schedule: "30 2 * * 1-5",
        timeZone: "Europe/Berlin",
        jitter: "15m",
        catchUp: false,
        retention: { last: 3 },
        verification: { drill: "monthly" },
      }),
    );
    expect(Object.keys(timers)).toEqual(["backup", "prune", "drill"]);
    for (const timer of Object.values(timers)) {
      expect(timer).toMatch(/^OnCalendar=.* Europe\/Berlin$/m);
      expect(timer).toContain("\nRandomizedDelaySec=900\nPersistent=false\n");
    }
    expect(timers.backup).toContain("02:30:00");
    expect(timers.drill).toContain("*-*-01 00:00:00");
  });
});

describe("a schedule whose last run is over", () => {
  const over = { ...wanted({ retention: { last: 3 } }), schedule: "2026-01-* 02:00" };

  test("has the timer and the document that are on the host", () => {
    expect(scheduleTimers(over).backup).toContain("\nOnCalendar=2026-01-* 02:00:00 UTC\n");
    expect(JSON.parse(scheduleDocument(over)).policy.maxAgeSeconds).toBe(95_040);
  });

  test("is compared with what the host has, as a refresh asks to", async () => {
    const id = "55555555-6666-7777-8888-999999999999";
    const timers = Object.fromEntries(
      Object.entries(scheduleTimers(over)).map(([kind, text]) => [
        kind,
        { digest: fileDigest(text), isEnabled: true, isActive: true },
      ]),
    );
    const document = documentDigest(scheduleDocument(over), id);
    const state = { ...over, scheduleId: id, recordedOwner: over.owner, document, timers };
    const { diff } = resource("backupSchedule");
    expect(await diff(id, state, over)).toMatchObject({ changes: false });
    expect(await diff(id, { ...state, timers: {} }, over)).toMatchObject({ changes: true });
  });

  test("is refused where it is declared", () => {
    expect(() => wanted({ schedule: "2026-01-* 02:00" })).toThrow("its last run is in the past");
  });
});

describe("scheduleDocument", () => {
  test("holds what a run needs, with times in seconds", () => {
    const document = scheduleDocument(
      wanted({
        deadline: "2h",
        maxAge: "2d",
        retention: { daily: 7, within: "14d" },
        verification: { afterBackup: false, readDataSubset: {} },
        hooks: { before: { command: "freeze" } },
        heartbeatUrl: "https://hc.example.com/ping",
      }),
    );
    expect(JSON.parse(document)).toEqual({
      repository: expect.objectContaining({
        url: "s3:https://s3.eu-central-1.amazonaws.com/backups/prod/volumes/11111111-2222-3333-4444-555555555555",
      }),
      target: "offsite",
      volume: { id: "11111111-2222-3333-4444-555555555555" },
      identity: { name: "data", stack: "acme/infra/prod", host: "db1" },
      policy: { name: "nightly", maxAgeSeconds: 172_800 },
      limits: { deadlineSeconds: 7200, waitSeconds: 600 },
      timeZone: "UTC",
      retention: { daily: 7, withinSeconds: 1_209_600 },
      verification: { afterBackup: false, readDataWithinDays: 30 },
      hooks: { before: { command: "freeze", timeoutSeconds: 60 } },
      heartbeatUrl: "https://hc.example.com/ping",
    });
  });

  test("is the same text on any day", () => {
    const before = scheduleDocument(wanted({ schedule: "Mon..Fri 02:30", timeZone: "Europe/Berlin" }));
    jest.useFakeTimers({ now: new Date("2031-07-15T12:00:00Z") });
    expect(scheduleDocument(wanted({ schedule: "Mon..Fri 02:30", timeZone: "Europe/Berlin" }))).toBe(before);
    jest.useRealTimers();
  });

  test("gets the id of the schedule as its last member", () => {
    expect(documentDigest('{"a":1}', "x")).toBe(fileDigest('{"a":1,"schedule":"x"}'));
  });
});

describe("backupScheduleInputs", () => {
  const problems = (more: object) =>
    backupScheduleInputs
      .safeParse({ host: hostRef, owner: ownerOf("backupSchedule", "a"), ...sampleInputs.backupSchedule, ...more })
      .error?.issues.map((issue) => describeProblem(problemOf(issue, issue.path.join(".")))) ?? [];

  test("a linear volume has no drills", () => {
    expect(problems({ isThin: false })).toEqual([]);
    expect(problems({ isThin: false, verification: { drill: "weekly" } })).toEqual([
      expect.stringMatching(/^verification\.drill: volume "fast\/data" is linear.*\nLeave out drill/),
    ]);
  });

  test.each([
    ["no retention", undefined, true],
    ["a longer within", { within: "31d" }, true],
    ["a within of the same length", { within: "30d" }, true],
    ["a shorter within", { within: "29d23h" }, false],
    ["no within", { daily: 365 }, false],
  ])("Object Lock of 30 days and %s", (_case, retention, isRight) => {
    const found = problems({ lockDays: 30, retention });
    expect(found).toEqual(
      isRight ? [] : [expect.stringMatching(/^retention: Object Lock .* 30 days.*\nSet within to "30d" or more$/)],
    );
  });
});
