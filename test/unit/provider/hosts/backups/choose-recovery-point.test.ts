import { chooseRecoveryPoint } from "../../../../../provider/hosts/backups/choose-recovery-point.js";
import type { RecoveryPoint } from "../../../../../provider/hosts/backups/recovery-point.js";
import { type RecoveryPointChoice, recoveryPointChoice } from "../../../../../provider/model/recovery-point-choice.js";

const point = (id: string, time: string, verified: string | null = null): RecoveryPoint => ({
  id,
  time,
  verified,
  volume: "11111111-2222-3333-4444-555555555555",
  target: "offsite",
  name: "data",
  stack: "acme/infra/prod",
  host: "db1",
  sizeBytes: 1,
  digest: "",
  quiesced: false,
});
const points = [
  point("first-one", "2026-01-01T00:00:00Z"),
  point("second-one", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"),
  point("third-one", "2026-01-03T00:00:00Z"),
];

describe("chooseRecoveryPoint", () => {
  test.each<[RecoveryPointChoice, string | undefined]>([
    ["latest", "third-one"],
    ["latest-verified", "second-one"],
    ["first-one", "first-one"],
    ["none-such", undefined],
    [{ atOrBefore: "2026-01-02T00:00:00Z" }, "second-one"],
    [{ atOrBefore: "2026-01-02T23:59:59.999Z" }, "second-one"],
    [{ atOrBefore: "2025-12-31T23:59:59Z" }, undefined],
  ])("%j is %s", (choice, id) => {
    expect(chooseRecoveryPoint(points, choice)?.id).toBe(id);
  });

  test("of nothing is nothing", () => {
    expect(chooseRecoveryPoint([], "latest")).toBeUndefined();
  });
});

describe("recoveryPointChoice", () => {
  test.each(["", "newest", { atOrBefore: "yesterday" }, { atOrBefore: "2026-13-01T00:00:00Z" }, {}])(
    "%j is refused, with what may be written",
    (choice) => {
      expect(recoveryPointChoice.safeParse(choice).error?.issues[0]?.message).toContain('"latest-verified"');
    },
  );
});
