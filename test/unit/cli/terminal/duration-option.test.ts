import { durationOption } from "../../../../cli/terminal/duration-option.js";

describe("durationOption", () => {
  test.each([
    ["26h", 93_600],
    ["7d", 604_800],
    ["1d12h", 129_600],
  ])("reads %s", (text, seconds) => {
    expect(durationOption(text)).toBe(seconds);
  });

  test.each(["0s", "", "soon", "-1d", "26"])("refuses %j", (text) => {
    expect(() => durationOption(text)).toThrow(/Write a duration|Cannot read duration/);
  });
});
