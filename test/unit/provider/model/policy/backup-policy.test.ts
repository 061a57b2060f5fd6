import { maxAgeSeconds, policyProblems, policySettings } from "../../../../../provider/model/policy/backup-policy.js";

const problems = (given: object) =>
  policySettings.safeParse(given).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

test("a policy needs no more than a schedule", () => {
  expect(policySettings.parse({ schedule: "daily" })).toEqual({
    schedule: "daily",
    timeZone: "UTC",
    catchUp: true,
    deadline: "24h",
    verification: { afterBackup: true },
  });
});

test("what is given in part gets its defaults", () => {
  const given = {
    schedule: "daily",
    retention: { last: 3 },
    verification: { readDataSubset: {} },
    hooks: { before: { command: "fsfreeze" } },
  };
  expect(policySettings.parse(given)).toMatchObject({
    retention: { last: 3, prune: "weekly" },
    verification: { afterBackup: true, readDataSubset: { withinDays: 30 } },
    hooks: { before: { command: "fsfreeze", timeout: "60s" } },
  });
});

test.each([
  ["no schedule", {}, 'schedule: must be text such as "daily"'],
  ["an unknown field", { schedule: "daily", retentoin: {} }, ': Unrecognized key: "retentoin"'],
  ["a wrong schedule of prune", { schedule: "daily", retention: { last: 1, prune: "never" } }, "retention.prune: "],
  ["a wrong schedule of drills", { schedule: "daily", verification: { drill: "*-02-30" } }, "verification.drill: "],
  [
    "retention without a rule",
    { schedule: "daily", retention: {} },
    "retention: keeps nothing: give at least one of last, ",
  ],
  ["retention with prune alone", { schedule: "daily", retention: { prune: "daily" } }, "retention: keeps nothing"],
  ["a rule that keeps none", { schedule: "daily", retention: { daily: 0 } }, "retention.daily: must be at least 1"],
  ["hooks without a hook", { schedule: "daily", hooks: {} }, "hooks: has no hook"],
  [
    "a bound without the hook that it calls",
    { schedule: "daily", hooks: { before: { command: "freeze" }, maxFreeze: "5s" } },
    "hooks.maxFreeze: needs after",
  ],
  [
    "an empty command",
    { schedule: "daily", hooks: { after: { command: "" } } },
    "hooks.after.command: must not be empty",
  ],
  [
    "a command with NUL",
    { schedule: "daily", hooks: { after: { command: "a\0" } } },
    "hooks.after.command: must be Unicode",
  ],
  [
    "an address that is no URL",
    { schedule: "daily", heartbeatUrl: "hc" },
    "heartbeatUrl: must be an http or https URL",
  ],
  [
    "a file's URL",
    { schedule: "daily", heartbeatUrl: "file:///etc/passwd" },
    "heartbeatUrl: must be an http or https URL",
  ],
  [
    "a URL with a password",
    { schedule: "daily", heartbeatUrl: "https://a:b@c/" },
    "heartbeatUrl: must be an http or https URL",
  ],
  ["a limit of nothing", { schedule: "daily", uploadKiBps: 0 }, "uploadKiBps: must be at least 1 KiB/s"],
  ["no time to run", { schedule: "daily", deadline: "0s" }, "deadline: must be at least 1s"],
])("refuses %s", (_name, given, reason) => {
  expect(problems(given)).toEqual([expect.stringContaining(reason)]);
});

describe("settings together", () => {
  test("maxAge that is shorter than the longest gap is refused with the gap", () => {
    expect(problems({ schedule: "Mon..Fri 02:30", maxAge: "26h" })).toEqual([
      expect.stringMatching(/^maxAge: must be at least 3d: the schedule has no run for 3d between \S+Z and \S+Z$/),
    ]);
    expect(problems({ schedule: "Mon..Fri 02:30", maxAge: "72h" })).toEqual([]);
  });

  test("a time that the clock leaves out counts", () => {
    const given = { schedule: "02:30", timeZone: "Europe/Berlin", maxAge: "26h" };
    expect(problems(given)).toEqual([expect.stringContaining("no run for 1d23h between 2026-03-28T01:30:00Z")]);
    expect(problems({ ...given, schedule: "03:30" })).toEqual([]);
  });

  test("a schedule that runs once needs maxAge", () => {
    expect(problems({ schedule: "2199-01-01" })).toEqual([expect.stringContaining("maxAge: is needed")]);
    expect(problems({ schedule: "2199-01-01", maxAge: "1d" })).toEqual([]);
  });

  test("jitter is not longer than the gap, and hooks are shorter than the deadline", () => {
    const hooks = { before: { command: "freeze" }, after: { command: "thaw", timeout: "29s" }, maxFreeze: "30s" };
    expect(problems({ schedule: "daily", jitter: "25h", deadline: "30s", hooks })).toEqual([
      expect.stringContaining("jitter: must be at most 1d"),
      "hooks.before.timeout: must be shorter than the deadline, which is 30s",
      "hooks.maxFreeze: must be shorter than the deadline, which is 30s",
    ]);
  });

  test("they are looked at whatever else is wrong, and only when each is right", () => {
    expect(problems({ schedule: "daily", maxAge: "1h", uploadKiBps: 0, surprise: 1 })).toHaveLength(3);
    expect(problems({ schedule: "dayly", maxAge: "1h" })).toHaveLength(1);
  });
});

test.each([
  ["a day", { schedule: "daily" }, 95_040],
  ["a day and the jitter", { schedule: "daily", jitter: "1h" }, 98_640],
  ["what is given", { schedule: "daily", maxAge: "2d" }, 172_800],
])("a volume is stale after %s", (_name, given, seconds) => {
  expect(maxAgeSeconds(policySettings.parse(given))).toBe(seconds);
});

test("policyProblems finds the same in settings that were read field by field", () => {
  const settings = { ...policySettings.parse({ schedule: "daily" }), maxAge: "1h" };
  expect(policyProblems(settings)).toEqual([{ path: ["maxAge"], message: expect.stringContaining("at least 1d") }]);
});
