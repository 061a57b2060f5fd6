import { inTurn } from "../../bench/compare.js";
import { entriesOf, spreadOf } from "../../bench/statistics.js";
import { sampleOf } from "./sample-outcome.js";

test.each([
  [[7], { median: 7, min: 7, max: 7 }],
  [[30, 9, 10], { median: 10, min: 9, max: 30 }],
  [[4, 1, 2, 10], { median: 3, min: 1, max: 10 }],
])("the spread of %j", (values, expected) => {
  expect(spreadOf(values)).toEqual(expected);
});

test("there is no spread of nothing", () => {
  expect(() => spreadOf([])).toThrow("there are none");
});

test("entries have the spread of each figure, and how much of the time of each ours takes", () => {
  const entries = entriesOf({ ours: [2, 3, 4].map(sampleOf), slow: [12, 12].map(sampleOf), fast: [1].map(sampleOf) });
  expect(entries.map(({ name, oursTakes }) => [name, oursTakes])).toEqual([
    ["ours", 1],
    ["slow", 0.25],
    ["fast", 3],
  ]);
  expect(entries[0]?.spread).toMatchObject({
    seconds: { median: 3, min: 2, max: 4 },
    cpuSeconds: { median: 1.5, min: 1, max: 2 },
    processes: { median: 40 },
  });
});

test("each round begins with another one, and has all of them", () => {
  const orders = [0, 1, 2, 3].map((round) => inTurn(["a", "b", "c"], round).join(""));
  expect(orders).toEqual(["abc", "bca", "cab", "abc"]);
});
