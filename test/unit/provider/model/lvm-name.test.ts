import { lvmName } from "../../../../provider/model/lvm-name.js";

describe("lvmName", () => {
  test.each(["data", "a", "_", "+x", "v1.2-3", ".hidden", "data_tmp", "snap", "my-snapshot", "A".repeat(100)])(
    "takes %s",
    (name) => {
      expect(lvmName.parse(name)).toBe(name);
    },
  );

  test.each([
    ["nothing", "", "must consist of"],
    ["a leading hyphen, which is an option", "-data", "must consist of"],
    ["a path", "vg/data", "must consist of"],
    ["a space", "my data", "must consist of"],
    ["a newline at its end", "data\n", "must consist of"],
    ["a quote", "da'ta", "must consist of"],
    ["a shell expansion", "$(reboot)", "must consist of"],
    ["Unicode", "daten-ä", "must consist of"],
    ["one dot", ".", "must not be . or .."],
    ["two dots", "..", "must not be . or .."],
    ["no room for a tombstone's ending", "A".repeat(101), "must be at most 100 characters long"],
    ["LVM's own start, snapshot", "snapshot1", "a name that LVM keeps for itself"],
    ["LVM's own start, pvmove", "pvmove0", "a name that LVM keeps for itself"],
    ["a pool's data", "pool_tdata", "a name that LVM keeps for itself"],
    ["a pool's metadata, in the middle", "pool_tmeta_2", "a name that LVM keeps for itself"],
    ["a mirror's log", "m_mlog", "a name that LVM keeps for itself"],
    ["a RAID image", "r_rimage_0", "a name that LVM keeps for itself"],
    ["the spare metadata", "lvol0_pmspare", "a name that LVM keeps for itself"],
  ])("refuses %s", (_case, name, words) => {
    expect(
      lvmName
        .safeParse(name)
        .error?.issues.map(({ message }) => message)
        .join(),
    ).toContain(words);
  });
});
