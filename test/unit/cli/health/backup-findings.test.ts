import { type CheckOptions, type FindingKind, findings } from "../../../../cli/health/findings.js";
import { whatAndWhy } from "../../../../provider/model/problem.js";
import { failure, goodStatus, hoursAgo, NOW, schedule, stackOf, statusOf, timer } from "../backup-samples.js";

const DAY = 86_400;
const state = stackOf([schedule(1)]);
const good = goodStatus(1);
const failed = (hours: number, code: string, detail: string) => ({
  time: hoursAgo(hours),
  isSuccess: false,
  durationSeconds: 1,
  failure: failure(code, detail),
});
const fresh = (hours: number) => ({
  ...good,
  policy: { ...good.policy, since: hoursAgo(hours) },
  lastAttempt: null,
  lastSuccess: null,
  lastVerification: null,
  lastVerified: null,
});
const timers = (...all: object[]) => ({ schedules: [{ schedule: "schedule-1", timers: all }] });

type Case = [name: string, status: object, expected: [FindingKind, RegExp][], options?: CheckOptions, more?: object];

const cases: Case[] = [
  ["all is well", good, []],
  ["the newest is as old as allowed", { ...good, lastSuccess: { ...good.lastSuccess, time: hoursAgo(26) } }, []],
  [
    "the newest is older than the policy allows",
    { ...good, lastSuccess: { ...good.lastSuccess, time: hoursAgo(26.5) } },
    [["late", /^the newest recovery point is 26 h 30 min old, and policy "nightly" allows 26 h$/]],
  ],
  [
    "--max-age is stricter than the policy",
    good,
    [["late", /10 h old, and --max-age allows 9 h/]],
    { maxAgeSeconds: 9 * 3600 },
  ],
  [
    "--max-age is laxer than the policy",
    { ...good, lastSuccess: { ...good.lastSuccess, time: hoursAgo(30) } },
    [],
    { maxAgeSeconds: 2 * DAY },
  ],
  ["the schedule is new", fresh(2), []],
  [
    "the schedule is as old as a backup may be, and there is none",
    fresh(27),
    [["never", /^it was never backed up in the 27 h since its schedule was made, and policy "nightly" allows 26 h$/]],
  ],
  [
    "the last backup failed",
    { ...good, lastAttempt: failed(2, "connection", "no such host") },
    [["failed", /^the last backup failed 2 h ago: Cannot back up the volume: no such host$/]],
  ],
  [
    "the last run was cut by a power failure",
    { ...good, lastAttempt: failed(2, "cut", "the host was rebooted") },
    [["failed", /the host was rebooted/]],
  ],
  [
    "the last verification failed",
    { ...good, lastVerification: failed(2, "mismatch", "segment 3 differs") },
    [["failed", /^the last verification failed 2 h ago/]],
  ],
  [
    "a verification failed the run: told once",
    { ...good, lastAttempt: failed(2, "mismatch", "x"), lastVerification: failed(2, "mismatch", "x") },
    [["failed", /^the last backup failed/]],
  ],
  [
    "the last drill failed",
    { ...good, lastDrill: failed(50, "mismatch", "x") },
    [["failed", /^the last restore drill failed 2 d 2 h ago/]],
  ],
  [
    "retention failed",
    { ...good, lastRetention: failed(1, "locked", "x") },
    [["failed", /^the last retention failed/]],
  ],
  ["prune failed", { ...good, lastPrune: failed(1, "locked", "x") }, [["failed", /^the last prune failed/]]],
  [
    "a failure names no reason",
    { ...good, lastPrune: { ...failed(1, "", ""), failure: null } },
    [["failed", /the host notes no reason$/]],
  ],
  [
    "what a host says stays in its line",
    { ...good, lastPrune: failed(1, "x", "one\n  two\u001b[31m\nfake: line") },
    [["failed", /: one \| two\?\[31m \| fake: line$/]],
  ],
  [
    "a drill failed that went well once",
    { ...good, lastDrill: failed(1, "x", "x"), lastDrillSuccess: { time: hoursAgo(90), isSuccess: true } },
    [["failed", /drill/]],
  ],
  [
    "its repository was found damaged, also when the last verification of one point went well",
    {
      ...good,
      damage: { since: hoursAgo(40), failure: failed(40, "damaged", "pack 1a is missing").failure, recoveryPoints: [] },
    },
    [
      [
        "damaged",
        /^its repository was found damaged 40 h ago, and nothing in it counts as verified: pack 1a is missing$/,
      ],
    ],
  ],
  ["a backup goes on within its deadline", { ...good, running: { kind: "backup", since: hoursAgo(24.5) } }, []],
  [
    "a backup goes on past its deadline",
    { ...good, running: { kind: "backup", since: hoursAgo(30) } },
    [["stuck", /^a backup is noted as under way for 30 h, and its deadline is 24 h$/]],
  ],
  ["it was verified in time", good, [], { verifiedWithinSeconds: 7 * DAY }],
  [
    "it was verified too long ago",
    { ...good, lastVerified: { ...good.lastVerified, time: hoursAgo(8 * 24) } },
    [["unverified", /last verified 8 d ago, and --verified-within says 7 d$/]],
    { verifiedWithinSeconds: 7 * DAY },
  ],
  [
    "it was never verified",
    { ...good, lastVerified: null },
    [["unverified", /ever verified/]],
    { verifiedWithinSeconds: 7 * DAY },
  ],
  ["it is too new to be verified", fresh(2), [], { verifiedWithinSeconds: 7 * DAY }],
  ["nobody asks when it was verified", { ...good, lastVerified: null }, []],
  [
    "a timer is stopped",
    good,
    [["timer", /pulumi-lvm-drill@schedule-1.timer is not active$/]],
    {},
    timers(timer("schedule-1"), { ...timer("schedule-1", "drill"), isActive: false }),
  ],
  [
    "a timer is disabled",
    good,
    [["timer", /backup@schedule-1.timer is not enabled, and will not start at the next boot$/]],
    {},
    timers({ ...timer("schedule-1"), isEnabled: false }),
  ],
  [
    "the backup's timer is gone",
    good,
    [["timer", /backup@schedule-1.timer is not there$/]],
    {},
    timers(timer("schedule-1", "prune")),
  ],
  ["the schedule is gone from the host", good, [["timer", /is not there$/]], {}, { schedules: [] }],
  [
    "the host's clock is slow",
    good,
    [["clock", /^its clock is 6 min behind this machine's$/]],
    {},
    { time: hoursAgo(0.1) },
  ],
  ["the host's clock is fast", good, [["clock", /ahead of/]], {}, { time: hoursAgo(-1) }],
  ["asking took a minute", good, [], {}, { time: hoursAgo(1 / 60) }],
];

describe("findings", () => {
  test.each(cases)("%s", (_name, status, expected, options = {}, more = {}) => {
    const found = findings(state, [statusOf("db1", [status], more)], options, NOW);
    expect(found.map((each) => [each.kind, whatAndWhy(each)])).toEqual(
      expected.map(([kind, text]) => [kind, expect.stringMatching(text)]),
    );
    for (const { summary, detail, next } of found) expect([summary, detail, next].join("")).toMatch(/^[^\n]+$/);
  });

  test("keeps what failed apart from why", () => {
    const status = { ...good, lastAttempt: failed(2, "connection", "no such host") };
    expect(findings(state, [statusOf("db1", [status])], {}, NOW)).toMatchObject([
      {
        summary: "the last backup failed 2 h ago: Cannot back up the volume",
        detail: "no such host",
        next: "Mend it, and start it again",
      },
    ]);
  });

  test("a host that notes nothing of a schedule is a finding", () => {
    const found = findings(state, [statusOf("db1", [])], {}, NOW);
    expect(found.map(({ kind }) => kind)).toEqual(["timer", "never"]);
  });

  test("are the schedule's whose last run is over, though its timer is there", () => {
    const once = stackOf([schedule(1, { schedule: "2026-11-22 02:00", maxAgeSeconds: 30 * DAY })]);
    expect(findings(once, [statusOf("db1", [good])], {}, NOW)).toMatchObject([
      { kind: "over", volume: "data1", summary: 'the last run of its schedule "2026-11-22 02:00" is over' },
    ]);
    expect(findings(once, [statusOf("db1", [good])], {}, new Date("2026-11-21"))).toMatchObject([{ kind: "clock" }]);
  });
});
