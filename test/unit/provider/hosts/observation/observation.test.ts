import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ReportError } from "../../../../../provider/hosts/errors.js";
import { deviceAt } from "../../../../../provider/hosts/observation/lookup.js";
import { readObservation } from "../../../../../provider/hosts/observation/observation.js";
import { type Section, splitSections } from "../../../../../provider/hosts/script/script.js";

/** What a host of the lab printed: LVM 2.03.16, two volume groups, a thin pool, a bare physical volume. */
const output = readFileSync(join(__dirname, "testdata/observation.txt"), "utf8");
const sections = splitSections("0".repeat(32), output, "");

const withSection = (label: string, stdout: string): Section[] =>
  sections.map((section) => (section.label === label ? { ...section, stdout } : section));

describe("readObservation", () => {
  const seen = readObservation("db1", sections);

  test("reads who the machine is", () => {
    expect(seen.machineId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("reads volume groups and physical volumes, also those of no group", () => {
    expect(seen.volumeGroups.map(({ vg_name, vg_extent_size }) => [vg_name, vg_extent_size])).toEqual([
      ["old", 4_194_304],
      ["fast", 4_194_304],
    ]);
    expect(seen.physicalVolumes.map(({ pv_name, vg_name }) => [pv_name, vg_name])).toEqual([
      ["/dev/ubdc", "old"],
      ["/dev/ubdb", "fast"],
      ["/dev/ubdd", ""],
    ]);
  });

  test("tells each logical volume its group, and what its segment says", () => {
    const find = (name: string) => seen.logicalVolumes.find(({ lv_name }) => lv_name === name);
    expect(find("pool")).toMatchObject({
      vg_name: "fast",
      lv_layout: ["thin", "pool"],
      chunk_size: 65_536,
      zero: true,
    });
    expect(find("data")).toMatchObject({
      vg_name: "fast",
      pool_lv: "pool",
      lv_active: false,
      lv_autoactivation: false,
    });
    expect(find("raw")).toMatchObject({ vg_name: "fast", pool_lv: "", lv_active: true, zero: false });
    expect(find("lvol0_pmspare")).toMatchObject({ lv_role: ["private", "pool", "spare"] });
  });

  test("lists every block device once for each place where it is", () => {
    const names = seen.disks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["/dev/ubda", "/dev/ubdd", "/dev/mapper/fast-pool"]));
    expect(seen.disks.find(({ name }) => name === "/dev/ubdb")?.fstype).toBe("LVM2_member");
  });

  test("finds a disk by the kernel's name and by any link to it", () => {
    const uuid = seen.physicalVolumes.find(({ pv_name }) => pv_name === "/dev/ubdd")?.pv_uuid;
    expect(deviceAt(seen, "/dev/ubdd")).toMatchObject({ name: "/dev/ubdd", type: "disk" });
    expect(deviceAt(seen, `/dev/disk/by-id/lvm-pv-uuid-${uuid}`)).toMatchObject({ name: "/dev/ubdd" });
    expect(deviceAt(seen, "/dev/disk/by-id/dm-name-fast-raw")).toMatchObject({ name: "/dev/mapper/fast-raw" });
    expect(deviceAt(seen, "/dev/disk/by-id/no-such-disk")).toBeUndefined();
  });

  test("reads owners with spaces in their names, installed programs and limits of runs", () => {
    expect([...seen.owners.values()]).toEqual([{ owner: "o/p/s/host/db 1", digest: "0123456789abcdef" }]);
    expect(seen.programs).toEqual(["0123456789abcdef"]);
    expect([...seen.runLimits]).toEqual([
      ["aaaa", 4],
      ["bbbb", 0],
    ]);
  });

  test("reads what the host lacks", () => {
    const { missing } = readObservation("db1", withSection("missing", "restic restic\npyfuse3 python3-pyfuse3\n"));
    expect(missing).toEqual([
      { command: "restic", package: "restic" },
      { command: "pyfuse3", package: "python3-pyfuse3" },
    ]);
  });

  test("reads what installs packages there, and what is too old when that was asked for", () => {
    expect(seen).toMatchObject({ installCommand: "apt-get install", outdated: [] });
    const outdated = { label: "outdated", stdout: "restic 0.13.1 0.14.0\n", stderr: "" };
    expect(readObservation("db1", [...sections, outdated]).outdated).toEqual([
      { name: "restic", version: "0.13.1", lowest: "0.14.0" },
    ]);
  });

  test("a host without LVM has nothing, which is no error", () => {
    expect(readObservation("db1", withSection("lvm", "\n"))).toMatchObject({ volumeGroups: [], logicalVolumes: [] });
  });

  test.each([
    ["a section that is missing", sections.filter(({ label }) => label !== "lvm"), 'the section "lvm" is missing'],
    ["a report that is cut short", withSection("lvm", '{"report": ['), "the report of LVM is not JSON"],
    [
      "a report without a field",
      withSection("lvm", '{"report": [{"vg": [{"vg_name": "x"}]}]}'),
      "the report of LVM does not fit",
    ],
    ["disks that are no JSON", withSection("disks", "lsblk: failed"), "the report of lsblk is not JSON"],
  ])("names %s", (_case, given, words) => {
    expect(() => readObservation("db1", given)).toThrow(ReportError);
    expect(() => readObservation("db1", given)).toThrow(`Cannot read the report on host "db1": ${words}`);
  });
});
