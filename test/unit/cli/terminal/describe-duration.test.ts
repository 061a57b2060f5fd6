import { describeDuration } from "../../../../cli/terminal/describe-duration.js";

describe("describeDuration", () => {
  test.each([
    [0, "0 s"],
    [0.44, "0.4 s"],
    [45, "45 s"],
    [59.6, "1 min"],
    [60, "1 min"],
    [431, "7 min 11 s"],
    [3599, "59 min 59 s"],
    [3600, "1 h"],
    [3659.7, "1 h 1 min"],
    [93_600, "26 h"],
    [95_400, "26 h 30 min"],
    [172_800, "2 d"],
    [295_200, "3 d 10 h"],
    [31_536_000, "365 d"],
    [-5, "0 s"],
  ])("tells %d seconds as %s", (seconds, expected) => {
    expect(describeDuration(seconds)).toBe(expected);
  });
});
