import { costText, repairText } from "../../../../cli/commands/repair.js";
import type { RecoveryPoint } from "../../../../provider/hosts/backups/recovery-point.js";

const MIB = 2 ** 20;
const point = (id: string): RecoveryPoint => ({
  id,
  volume: "3f0c4a9e-0000-4000-8000-000000000001",
  target: "offsite",
  name: "data",
  stack: "organization/shop/prod",
  host: "node",
  time: "2026-11-20T03:00:00Z",
  sizeBytes: 64 * MIB,
  digest: "0".repeat(64),
  quiesced: false,
  verified: null,
});
const { id, time, sizeBytes, digest, quiesced } = point("new");
const backup = { id, time, sizeBytes, digest, quiesced, bytesRead: 64 * MIB, bytesSent: 20 * MIB, durationSeconds: 9 };

describe("what a repair costs, before it begins", () => {
  test("names what is read and sent, and that something goes for good", () => {
    expect(costText("data", "offsite", 3, 64 * MIB)).toMatch(
      /^This reads the 3 recovery points of volume "data" in target "offsite" and forgets each that is damaged, for good.*reads the volume, its 64 MiB,/s,
    );
  });

  test("says of a repository that lists nothing what it can", () => {
    expect(costText("data", "offsite", 0, undefined)).toContain("reads the volume, all of it,");
  });
});

describe("what a repair came to", () => {
  test("names what is gone, what was made and what stayed", () => {
    expect(repairText({ dropped: [point("a")], kept: [point("b"), point("c")], backup })).toBe(
      "Forgotten, as it was damaged: a of 2026-11-20T03:00:00Z\n" +
        "Recovery point new is verified: 64 MiB read, 20 MiB sent; 2 of before are whole and verified too",
    );
  });

  test("says nothing of what there was none of", () => {
    expect(repairText({ dropped: [], kept: [], backup })).toBe(
      "Recovery point new is verified: 64 MiB read, 20 MiB sent",
    );
  });
});
