import { chosenBackup } from "../../../../cli/stack/chosen-backup.js";
import type { StackBackup, StackState } from "../../../../cli/stack/stack-state.js";
import { backupTargetRef } from "../../../../provider/model/backup-target.js";
import { hostRef, sampleInputs } from "../../../support/samples.js";

const target = (name: string) => backupTargetRef.parse({ ...(sampleInputs.backup as { target: object }).target, name });
const backup = (resource: string, id: number, name = "offsite"): StackBackup => ({
  resource,
  volumeId: `${id}`.repeat(8),
  logicalVolume: `fast/${resource}-lv`,
  host: hostRef,
  target: target(name),
});
const state = (...backups: StackBackup[]): StackState => ({
  hosts: [],
  volumes: [],
  pools: new Map(),
  backups,
  schedules: [],
  known: {
    stack: "",
    volumes: new Set(),
    attachments: new Set(),
    snapshots: new Set(),
    pools: new Set(),
    volumeGroups: new Set(),
  },
  unread: [],
});

describe("chosenBackup", () => {
  const stack = state(backup("data", 1), backup("data", 1, "nearby"), backup("wal", 2));

  test.each(["wal", "22222222", "wal-lv", "fast/wal-lv"])("finds a volume by %s", (choice) => {
    expect(chosenBackup(stack, choice, undefined).resource).toBe("wal");
  });

  test("asks for the target when a volume has two", () => {
    expect(chosenBackup(stack, "data", "nearby").target.name).toBe("nearby");
    expect(() => chosenBackup(stack, "data", undefined)).toThrow(
      'Cannot tell which backup of volume "data" is meant\nName --target: 11111111 to "offsite", 11111111 to "nearby"',
    );
  });

  test("asks for the id when two volumes have one name", () => {
    expect(() => chosenBackup(state(backup("data", 1), backup("data", 3)), "data", undefined)).toThrow(
      "Name the volume by its id",
    );
  });

  test("names what the stack backs up when nothing fits", () => {
    expect(() => chosenBackup(stack, "wal", "nearby")).toThrow(
      'Cannot find a backup of volume "wal" to target "nearby" in the stack\nIt backs up "data" to "offsite", "data" to "nearby", "wal" to "offsite"',
    );
    expect(() => chosenBackup(state(), "wal", undefined)).toThrow("The stack declares no Backup");
  });
});
