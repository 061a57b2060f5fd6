import { duration, formatDuration, parseDuration } from "../../../../provider/model/duration.js";

describe("parseDuration", () => {
  test.each([
    ["0s", 0],
    ["90s", 90],
    ["15m", 900],
    ["26h", 93_600],
    ["14d", 1_209_600],
    ["2w", 1_209_600],
    ["1d12h", 129_600],
    ["1w2d3h4m5s", 788_645],
    ["36525d", 3_155_760_000],
  ])("reads %s as %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    ["no unit", "90"],
    ["no number", "h"],
    ["empty", ""],
    ["a space", "1 d"],
    ["space around it", " 1d"],
    ["a line end", "1d\n"],
    ["small before large", "12h1d"],
    ["a unit twice", "1h1h"],
    ["a fraction", "1.5h"],
    ["a sign", "-1h"],
    ["upper case", "1H"],
    ["months, which have no fixed length", "1M"],
    ["years, which have no fixed length", "1y"],
    ["milliseconds", "500ms"],
    ["digits of another script", "١h"],
  ])("refuses %s: %j", (_name, text) => {
    expect(() => parseDuration(text)).toThrow(`Cannot read duration ${JSON.stringify(text)}: write whole numbers`);
    expect(duration().safeParse(text).success).toBe(false);
  });

  test("refuses more than a hundred years", () => {
    expect(() => parseDuration("36525d1s")).toThrow('Cannot use duration "36525d1s": the longest is 36525d');
    expect(duration().safeParse("999999w").success).toBe(false);
  });
});

describe("formatDuration", () => {
  test.each([
    [0, "0s"],
    [59, "59s"],
    [3600, "1h"],
    [129_600, "1d12h"],
    [1_209_600, "14d"],
    [95_041, "1d2h24m1s"],
  ])("writes %d seconds as %s, which reads the same again", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
    expect(parseDuration(text)).toBe(seconds);
  });
});

test("duration() says what the shortest and the longest is", () => {
  const messages = (text: string) =>
    duration(60, 3600)
      .safeParse(text)
      .error?.issues.map(({ message }) => message);
  expect(messages("59s")).toEqual(["must be at least 1m"]);
  expect(messages("1h1s")).toEqual(["must be at most 1h"]);
  expect(duration(60, 3600).parse("60m")).toBe("60m");
});
