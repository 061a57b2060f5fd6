import { backupViews } from "../../../../cli/health/backup-view.js";
import { statusText } from "../../../../cli/health/status-text.js";
import {
  failure,
  goodStatus,
  hostNamed,
  hoursAgo,
  idOf,
  NOW,
  schedule,
  stackOf,
  statusOf,
  timer,
} from "../backup-samples.js";

const good = goodStatus(1);
const textOf = (status: object | undefined, more: object = {}) => {
  const statuses = [statusOf("db1", status === undefined ? [] : [status], more)];
  return statusText(backupViews(stackOf([schedule(1)]), statuses), NOW);
};
const lineOf = (text: string): string => text.split("\n")[1] ?? "";

describe("statusText", () => {
  const env = process.env["NO_COLOR"];
  beforeAll(() => {
    process.env["NO_COLOR"] = "1";
  });
  afterAll(() => {
    if (env === undefined) delete process.env["NO_COLOR"];
    else process.env["NO_COLOR"] = env;
  });

  test("is a table without colours where NO_COLOR is set", () => {
    const drill = { time: hoursAgo(24 * 7), isSuccess: true, durationSeconds: 431 };
    expect(textOf({ ...good, lastDrill: drill, lastDrillSuccess: drill })).toBe(
      [
        "VOLUME  HOST  TARGET   POLICY   POINTS  NEWEST    MAX AGE  VERIFIED        RESTORED IN          NEXT RUN  STATE",
        "data1   db1   offsite  nightly  12      10 h ago  26 h     9 h 54 min ago  7 min 11 s, 7 d ago  in 14 h   ok",
      ].join("\n"),
    );
  });

  test.each<[state: string, status: object | undefined, more?: object]>([
    ["ok", good],
    ["late", { ...good, lastSuccess: { ...good.lastSuccess, time: hoursAgo(50) } }],
    ["running", { ...good, running: { kind: "backup", since: hoursAgo(1) } }],
    ["running past its deadline", { ...good, running: { kind: "backup", since: hoursAgo(50) } }],
    ["waiting for its turn", { ...good, waiting: { kind: "backup", since: hoursAgo(50) } }],
    [
      "waiting for its first run",
      { ...good, policy: { ...good.policy, since: hoursAgo(1) }, lastAttempt: null, lastSuccess: null },
    ],
    ["damaged", { ...good, damage: { since: hoursAgo(1), failure: failure("damaged", "x"), recoveryPoints: [] } }],
    ["failed", { ...good, lastDrill: { time: hoursAgo(1), isSuccess: false, failure: failure("x", "x") } }],
    [
      "not scheduled: timer off",
      good,
      { schedules: [{ schedule: "schedule-1", timers: [{ ...timer("schedule-1"), isActive: false }] }] },
    ],
    ["not scheduled: timer off", undefined, { schedules: [] }],
  ])("says %s", (state, status, more = {}) => {
    expect(lineOf(textOf(status, more))).toMatch(new RegExp(` ${state}$`));
  });

  test("tells below the table what failed, why and what to do, and what the last run warned of", () => {
    const lastAttempt = {
      time: hoursAgo(3),
      isSuccess: false,
      failure: failure("connection", "no such host\n\u001b[2J"),
      warnings: ["the heartbeat was refused"],
    };
    expect(
      textOf({ ...good, lastAttempt })
        .split("\n\n")
        .slice(1),
    ).toEqual([
      "db1  data1 to offsite: backup failed 3 h ago\n  Cannot back up the volume: no such host | ?[2J\n  Mend it, and start it again",
      "db1  data1 to offsite: warning of the last run\n  the heartbeat was refused",
    ]);
  });

  test("has volumes without a policy, without a backup and of a host that was not asked", () => {
    const host = hostNamed("db1");
    const state = stackOf([schedule(1), schedule(3, { host: hostNamed("web1") })]);
    const bare = (resource: string, number: number) => ({
      resource,
      volumeId: idOf(number),
      logicalVolume: `fast/${resource}`,
      host,
    });
    const all = {
      ...state,
      volumes: [...state.volumes, bare("scratch", 8), bare("by-hand", 9)],
      backups: [...state.backups, { ...schedule(9, { resource: "by-hand" }) }],
    };
    const lines = statusText(backupViews(all, [statusOf("db1", [good])]), NOW).split("\n");
    expect(lines.slice(1).map((line) => [line.split(" ")[0], line.split(/ {2,}/).at(-1)])).toEqual([
      ["by-hand", "under no policy"],
      ["data1", "ok"],
      ["scratch", "not backed up"],
      ["data3", "not known: its host was not reached"],
    ]);
  });

  test("says that there is nothing", () => {
    expect(statusText([], NOW)).toBe("No volumes");
  });
});
