import { policySettings } from "../../../../../provider/model/policy/backup-policy.js";
import { policyMembers, retentionRules } from "../../../../../provider/model/policy/policy-members.js";

test("policyMembers has only what is given", () => {
  expect(policyMembers(policySettings.parse({ schedule: "daily" }))).toStrictEqual({
    limits: { deadlineSeconds: 86_400, waitSeconds: 600 },
    maxAgeSeconds: 95_040,
    timeZone: "UTC",
    verification: { afterBackup: true },
    hooks: {},
  });
});

test("policyMembers tells durations in seconds", () => {
  const settings = policySettings.parse({
    schedule: "daily",
    timeZone: "Asia/Tokyo",
    deadline: "2h",
    uploadKiBps: 100,
    downloadKiBps: 200,
    retention: { last: 1, yearly: 2, within: "2w", prune: "monthly" },
    verification: { afterBackup: false, readDataSubset: { withinDays: 7 }, drill: "weekly" },
    hooks: {
      before: { command: "freeze", timeout: "1m30s" },
      after: { command: "thaw" },
      onFailure: { command: "page" },
      maxFreeze: "10s",
    },
    heartbeatUrl: "https://hc.example.com/ping",
    maxAge: "26h",
  });
  expect(policyMembers(settings)).toStrictEqual({
    limits: { deadlineSeconds: 7200, uploadKiBps: 100, downloadKiBps: 200, waitSeconds: 600 },
    maxAgeSeconds: 93_600,
    timeZone: "Asia/Tokyo",
    retention: { last: 1, yearly: 2, withinSeconds: 1_209_600 },
    verification: { afterBackup: false, readDataWithinDays: 7 },
    hooks: {
      before: { command: "freeze", timeoutSeconds: 90 },
      after: { command: "thaw", timeoutSeconds: 60 },
      onFailure: { command: "page", timeoutSeconds: 60 },
      maxFreezeSeconds: 10,
    },
    heartbeatUrl: "https://hc.example.com/ping",
  });
});

test("retentionRules needs nothing but the retention, and leaves out what the host is not told", () => {
  expect(retentionRules({ last: 1, within: "2w", prune: "monthly" })).toStrictEqual({
    last: 1,
    withinSeconds: 1_209_600,
  });
});
