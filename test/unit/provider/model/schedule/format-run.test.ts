import { formatRun } from "../../../../../provider/model/schedule/format-run.js";

test.each([
  ["UTC", "Tue 2026-11-24 01:30:05 UTC"],
  ["Europe/Berlin", "Tue 2026-11-24 02:30:05 +01:00"],
  ["America/New_York", "Mon 2026-11-23 20:30:05 -05:00"],
  ["Asia/Kolkata", "Tue 2026-11-24 07:00:05 +05:30"],
  ["America/St_Johns", "Mon 2026-11-23 22:00:05 -03:30"],
])("formatRun writes a time in %s", (zone, text) => {
  expect(formatRun(new Date("2026-11-24T01:30:05Z"), zone)).toBe(text);
});
