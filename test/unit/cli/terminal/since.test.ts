import { parseSince } from "../../../../cli/terminal/since.js";

describe("parseSince", () => {
  test.each([
    ["90s", 90],
    ["15m", 900],
    ["2h", 7200],
    ["7d", 604_800],
    ["1w", 604_800],
  ])("reads %s as %d seconds ago", (text, seconds) => {
    jest.useFakeTimers({ now: new Date("2026-11-23T08:00:00Z") });
    expect(parseSince(text).getTime()).toBe(Date.now() - seconds * 1000);
    jest.useRealTimers();
  });

  test.each([
    ["2026-11-23", "2026-11-23T00:00:00.000Z"],
    ["2026-11-23T08:55:49Z", "2026-11-23T08:55:49.000Z"],
    ["2026-11-23T08:55:49+02:00", "2026-11-23T06:55:49.000Z"],
  ])("reads %s", (text, time) => {
    expect(parseSince(text).toISOString()).toBe(time);
  });

  test.each(["yesterday", "", "7", "7 days", "-1d", "2026-13-40", "11/23/2026"])("refuses %j", (text) => {
    expect(() => parseSince(text)).toThrow("Write a time such as");
  });
});
