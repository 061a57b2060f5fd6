import { findings, withoutPolicy } from "../../../../cli/health/findings.js";
import { goodStatus, hostNamed, idOf, NOW, schedule, stackOf, statusOf } from "../backup-samples.js";

const DAY = 86_400;
const state = stackOf([schedule(1)]);
const good = goodStatus(1);

describe("findings", () => {
  test("leaves out a host that was not asked", () => {
    const far = stackOf([schedule(1), schedule(2, { host: hostNamed("far") })]);
    expect(findings(far, [statusOf("db1", [good])], {}, NOW)).toEqual([]);
  });

  test("are those of a resource that cannot be read, on a host that the state tells or on one that it does not", () => {
    const problem = { summary: "Cannot read it", detail: "size: is none", next: "Run pulumi up" };
    const unread = { kind: "ThinPool", resource: "pool", problem } as const;
    const odd = {
      ...state,
      unread: [
        { ...unread, host: "db1" },
        { ...unread, host: undefined },
      ],
    };
    expect(findings(odd, [statusOf("db1", [good])], {}, NOW)).toEqual(
      ["db1", "unknown host"].map((host) => ({
        kind: "state",
        host,
        volume: undefined,
        target: undefined,
        ...problem,
      })),
    );
  });

  test("keeps two targets of a volume apart", () => {
    const nearby = schedule(1, { id: "schedule-2", target: { ...schedule(1).target, name: "near by" } });
    const status = { ...good, target: "near_by-", policy: { ...good.policy, schedule: "schedule-2" } };
    const found = findings(stackOf([schedule(1), nearby]), [statusOf("db1", [good, status])], {}, NOW);
    // The host knows the target by a word of its own, and this status is of no target of the stack.
    expect(found.map(({ target, kind }) => [target, kind])).toEqual([["near by", "never"]]);
  });

  describe("volumes under no policy", () => {
    const scratch = { resource: "scratch", volumeId: idOf(9), logicalVolume: "fast/scratch", host: hostNamed("db1") };
    const { volumes } = state;
    const backup = { ...schedule(9, { resource: "scratch" }) };
    const alone = { ...state, volumes: [...volumes, scratch] };
    const byHand = { ...alone, backups: [...state.backups, backup] };
    const statuses = [statusOf("db1", [good])];

    test("are named, and are findings when asked for", () => {
      expect(withoutPolicy(alone)).toEqual(["scratch"]);
      expect(findings(alone, statuses, {}, NOW)).toEqual([]);
      expect(findings(alone, statuses, { requirePolicy: true }, NOW)).toMatchObject([
        { kind: "policy", host: "db1", volume: "scratch", target: undefined },
      ]);
    });

    test("and with a Backup are looked at when --max-age says how", () => {
      expect(findings(byHand, statuses, {}, NOW)).toEqual([]);
      expect(findings(byHand, statuses, { maxAgeSeconds: DAY }, NOW)).toMatchObject([
        { kind: "never", volume: "scratch", summary: "it was never backed up, and --max-age allows 24 h" },
      ]);
    });
  });
});
