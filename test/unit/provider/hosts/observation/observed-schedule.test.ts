import { readSchedules } from "../../../../../provider/hosts/observation/observed-schedule.js";

const ID = "11111111-2222-3333-4444-555555555555";
const OTHER = "99999999-2222-3333-4444-555555555555";

describe("readSchedules", () => {
  test("a host without schedules has none", () => {
    expect(readSchedules("\n").size).toBe(0);
  });

  test("puts together what belongs to a schedule: owner, document, and each timer's file, whether it is enabled and active", () => {
    const text = `enabled pulumi-lvm-backup@${ID}.timer
owner ${ID} acme/infra/prod/backupSchedule/a b  c
file ${ID}.owner aa
file ${ID}.json bb
file pulumi-lvm-backup@${ID}.timer cc
file pulumi-lvm-prune@${ID}.timer dd
Id=pulumi-lvm-backup@${ID}.timer
ActiveState=active

ActiveState=inactive
Id=pulumi-lvm-prune@${ID}.timer
`;
    expect([...readSchedules(text)]).toEqual([
      [
        ID,
        {
          owner: "acme/infra/prod/backupSchedule/a b  c",
          document: "bb",
          timers: {
            backup: { digest: "cc", isEnabled: true, isActive: true },
            prune: { digest: "dd", isEnabled: false, isActive: false },
          },
        },
      ],
    ]);
  });

  test("sees what is left of a schedule whose files were removed by hand", () => {
    const text = `enabled pulumi-lvm-drill@${ID}.timer\n\nActiveState=active\nId=pulumi-lvm-backup@${OTHER}.timer\n`;
    expect(Object.fromEntries(readSchedules(text))).toEqual({
      [ID]: { owner: "", document: "", timers: { drill: { digest: "", isEnabled: true, isActive: false } } },
      [OTHER]: { owner: "", document: "", timers: { backup: { digest: "", isEnabled: false, isActive: true } } },
    });
  });

  test("an owner may hold what other readers take for the end of a line", () => {
    expect(readSchedules(`owner ${ID} o/p/s/backupSchedule/a\u2028b\n`).get(ID)?.owner).toBe(
      "o/p/s/backupSchedule/a\u2028b",
    );
  });
});
