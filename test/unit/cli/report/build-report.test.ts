import { buildReport } from "../../../../cli/report/build-report.js";
import { HOSTILE_NAMES, sampleModel } from "../../../support/report-sample.js";
import { goodStatus, hoursAgo, idOf, NOW, schedule, stackOf, statusOf } from "../backup-samples.js";

const GIB = 2 ** 30;
const pool = (usedGiB: number, more: object = {}) => ({
  volumeGroup: "fast",
  pool: "pool",
  sizeBytes: 100 * GIB,
  usedBytes: usedGiB * GIB,
  ...more,
});
const modelOf = (status: object, pools: readonly object[] = []) =>
  buildReport(
    stackOf([schedule(1)]),
    { statuses: [statusOf("db1", [status], { pools })], volumes: [], recoveryPoints: [], failures: [] },
    NOW,
  );

describe("buildReport", () => {
  test("finds nothing wrong where all is well", () => {
    const { problems, hosts, withoutPolicy } = modelOf(goodStatus(1), [pool(50)]);
    expect([problems, withoutPolicy]).toEqual([[], []]);
    expect(hosts).toMatchObject([
      {
        name: "db1",
        isReached: true,
        pools: [{ usedShare: 0.5, fullAt: undefined }],
        volumes: [
          {
            volume: "data1",
            state: "ok",
            ageSeconds: 36_000,
            maxAgeSeconds: 93_600,
            drill: undefined,
            points: undefined,
          },
        ],
      },
    ]);
  });

  test("tells the problems of one thing together, those of hosts that were not reached first", () => {
    const about = sampleModel.problems.map((problem) => [problem.host, problem.about, problem.troubles.length]);
    expect(about.slice(0, 3)).toEqual([
      ["db2", undefined, 1],
      ["db1", "customers to offsite", 2],
      ["db1", "search-index to offsite", 1],
    ]);
    expect(about.at(-1)).toEqual(["db1", "thin pool fast/pool", 1]);
  });

  test("has every volume under its host, with what is known of one whose host is gone", () => {
    expect(sampleModel.hosts.map(({ name, volumes }) => [name, volumes.length])).toEqual([
      ["db1", 4],
      ["web1", 4],
      ["db2", 1],
      [HOSTILE_NAMES[1], HOSTILE_NAMES.length],
    ]);
    const [ledger] = sampleModel.hosts.find(({ name }) => name === "db2")?.volumes ?? [];
    expect(ledger).toMatchObject({ state: "unknown", ageSeconds: undefined });
    expect(ledger?.points).toHaveLength(18);
  });

  test("gives the time of the last drill that succeeded, and says when a later one failed", () => {
    const success = { time: hoursAgo(200), isSuccess: true, durationSeconds: 100 };
    const failed = { time: hoursAgo(20), isSuccess: false, durationSeconds: 7 };
    const drillOf = (status: object) => modelOf({ ...goodStatus(1), ...status }).hosts[0]?.volumes[0]?.drill;
    expect(drillOf({ lastDrill: success, lastDrillSuccess: success })).toEqual({
      isSuccess: true,
      durationSeconds: 100,
      agoSeconds: 720_000,
    });
    expect(drillOf({ lastDrill: failed, lastDrillSuccess: success })).toEqual({
      isSuccess: false,
      durationSeconds: 100,
      agoSeconds: 72_000,
    });
    expect(drillOf({ lastDrill: failed })).toEqual({
      isSuccess: false,
      durationSeconds: undefined,
      agoSeconds: 72_000,
    });
  });

  test.each<[string, object, RegExp | undefined]>([
    ["half full", pool(50), undefined],
    ["nearly full", pool(90.5), /^90 % of it is in use$/],
    ["full", pool(100), /^100 % of it is in use$/],
    [
      "filling fast",
      pool(70, {
        samples: [4, 3, 2, 1].map((days) => ({ time: hoursAgo(days * 24), usedBytes: (70 - 5 * days) * GIB })),
      }),
      /^70 % of it is in use, and as it fills it is full in 6 d$/,
    ],
    ["without a size", { ...pool(0), sizeBytes: 0 }, undefined],
  ])("a pool that is %s", (_name, given, expected) => {
    const { problems } = modelOf(goodStatus(1), [given]);
    expect(problems.map(({ troubles }) => troubles[0]?.summary)).toEqual(
      expected === undefined ? [] : [expect.stringMatching(expected)],
    );
  });

  test("holds no secret", () => {
    const { secretAccessKey, masterKey } = schedule(1).target;
    const text = JSON.stringify(sampleModel);
    for (const secret of [secretAccessKey, masterKey]) expect(text).not.toContain(secret);
    expect(text).toContain(idOf(0));
  });
});
