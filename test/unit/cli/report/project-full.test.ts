import { projectFull } from "../../../../cli/report/project-full.js";
import { hoursAgo, NOW } from "../backup-samples.js";

const GIB = 2 ** 30;
const pool = (usedGiB: number, samples: [daysAgo: number, usedGiB: number][]) => ({
  volumeGroup: "fast",
  pool: "pool",
  sizeBytes: 100 * GIB,
  usedBytes: usedGiB * GIB,
  metadataPercent: undefined,
  samples: samples.map(([daysAgo, used]) => ({ time: hoursAgo(daysAgo * 24), usedBytes: used * GIB })),
});
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000).toISOString();

describe("projectFull", () => {
  test.each<[string, ReturnType<typeof pool>, number]>([
    [
      "a steady growth",
      pool(50, [
        [4, 46],
        [3, 47],
        [2, 48],
        [1, 49],
      ]),
      50,
    ],
    [
      "a growth around a line",
      pool(50, [
        [4, 46.1],
        [3, 46.9],
        [2, 47.9],
        [1, 49.1],
      ]),
      50,
    ],
    [
      "samples in any order",
      pool(60, [
        [1, 58],
        [3, 54],
        [2, 56],
      ]),
      20,
    ],
    [
      "a pool that was emptied since: from what is in use now",
      pool(30, [
        [3, 47],
        [2, 48],
        [1, 49],
      ]),
      70,
    ],
    ["a full pool", pool(100, []), 0],
  ])("finds the day for %s", (_name, given, days) => {
    expect(Math.abs((projectFull(given, NOW)?.getTime() ?? 0) - new Date(inDays(days)).getTime())).toBeLessThan(
      3_600_000,
    );
  });

  test.each<[string, ReturnType<typeof pool>]>([
    ["no samples", pool(50, [])],
    [
      "two samples",
      pool(50, [
        [2, 48],
        [1, 49],
      ]),
    ],
    [
      "samples of a few hours",
      pool(50, [
        [0.5, 20],
        [0.4, 30],
        [0.3, 40],
      ]),
    ],
    [
      "samples of one moment",
      pool(50, [
        [1, 20],
        [1, 30],
        [1, 40],
      ]),
    ],
    [
      "a pool that does not grow",
      pool(50, [
        [3, 50],
        [2, 50],
        [1, 50],
      ]),
    ],
    [
      "a pool that shrinks",
      pool(50, [
        [3, 53],
        [2, 52],
        [1, 51],
      ]),
    ],
    [
      "a growth that takes decades",
      pool(50, [
        [3, 49.99],
        [2, 49.993],
        [1, 49.996],
      ]),
    ],
    [
      "samples of a clock that was ahead",
      pool(50, [
        [-3, 53],
        [-2, 52],
        [-1, 51],
      ]),
    ],
  ])("sees no day for %s", (_name, given) => {
    expect(projectFull(given, NOW)).toBeUndefined();
  });
});
