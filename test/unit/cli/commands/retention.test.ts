import { retentionText } from "../../../../cli/commands/retention.js";
import type { RecoveryPoint } from "../../../../provider/hosts/backups/recovery-point.js";
import { idOf, schedule } from "../backup-samples.js";

const point = (id: string, time: string, verified: string | null = null): RecoveryPoint => ({
  id,
  volume: idOf(1),
  target: "offsite",
  name: "data1",
  stack: "acme/infra/prod",
  host: "db1",
  time,
  sizeBytes: 2 ** 30,
  digest: "",
  quiesced: false,
  verified,
});

describe("retentionText", () => {
  test("lists the recovery points of a volume by time, each with why it is kept or that it is dropped", () => {
    const keep = [
      { ...point("c", "2026-11-23T02:00:00Z", "2026-11-23T02:10:00Z"), reasons: ["daily snapshot", "newest verified"] },
    ];
    const remove = [point("a", "2026-11-01T02:00:00Z"), point("b", "2026-11-02T02:00:00Z")];
    expect(retentionText([{ schedule: schedule(1), keep, remove }], [schedule(2)]).split("\n")).toEqual([
      expect.stringMatching(/VOLUME +TARGET +POLICY +TAKEN +SIZE +VERIFIED +RECOVERY POINT +WOULD BE/),
      "data1   offsite  nightly  2026-11-01T02:00:00Z  1 GiB  never                 a               dropped",
      "data1   offsite  nightly  2026-11-02T02:00:00Z  1 GiB  never                 b               dropped",
      "data1   offsite  nightly  2026-11-23T02:00:00Z  1 GiB  2026-11-23T02:10:00Z  c               kept: daily snapshot, newest verified",
      "",
      "2 of 3 would be dropped by the next run",
      "",
      'All recovery points are kept, as the policy has no retention: "data2" by "nightly"',
    ]);
  });

  test("says that there is nothing", () => {
    expect(retentionText([], [])).toBe("No recovery points under a retention");
  });
});
