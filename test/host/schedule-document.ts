import type { Volume } from "./backup-host.js";

/** What the units of a schedule give the backup program, for a volume of a test. */
export const scheduleDocument = (volume: Volume, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...volume.backupRequest,
  limits: { deadlineSeconds: 240, waitSeconds: 60 },
  schedule: "5c1e0000-0000-4000-8000-000000000001",
  policy: { name: "test", maxAgeSeconds: 86_400 },
  timeZone: "UTC",
  verification: { afterBackup: true },
  hooks: {},
  ...more,
});
