import { timeAxis } from "../../../../cli/report/time-axis.js";

const DAY = 86_400;

describe("timeAxis", () => {
  test("runs from the oldest on the left to now on the right, whatever the clock says", () => {
    const { at } = timeAxis(365 * DAY);
    expect([at(365 * DAY), at(0), at(-10), at(400 * DAY)]).toEqual([0, 1, 1, 0]);
    expect(at(DAY)).toBeLessThan(at(DAY / 2));
  });

  test.each([0, DAY, 8 * DAY, 45 * DAY, 365 * DAY, 9 * 365 * DAY])("marks of %d seconds do not touch", (oldest) => {
    const { marks } = timeAxis(oldest);
    expect(marks[0]).toEqual({ words: "now", at: 1 });
    expect(marks.length).toBeGreaterThan(1);
    for (const [index, { at }] of marks.entries()) {
      if (index > 0) expect((marks[index - 1]?.at ?? 0) - at).toBeGreaterThan(0.18);
    }
  });
});
