import { bytes, fullReport, lsblkReport } from "../../../../../provider/hosts/observation/lvm-report.js";

const lv = {
  lv_name: "data",
  lv_uuid: "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA",
  lv_size: "2147483648",
  lv_layout: "thin,sparse",
  lv_role: "public",
  lv_active: "active",
  lv_device_open: "open",
  lv_autoactivation: "",
  lv_tags: "pulumi-lvm.id=1,site",
  pool_lv: "pool",
  origin: "",
  origin_size: "",
  lv_permissions: "writeable",
  data_percent: "12.50",
  lv_snapshot_invalid: "",
  lv_metadata_size: "",
  lv_profile: "",
};

const parseLv = (fields: object) => fullReport.parse({ report: [{ lv: [{ ...lv, ...fields }] }] }).report[0]?.lv[0];

describe("bytes", () => {
  test.each([
    ["0", 0],
    ["4194304", 4_194_304],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("reads %s", (text, value) => {
    expect(bytes.parse(text)).toBe(value);
  });

  test.each(["", "4.00m", "-1", "1e3", " 4194304", "4194304B", "9007199254740992"])("refuses %j", (text) => {
    expect(bytes.safeParse(text).success).toBe(false);
  });
});

describe("fullReport", () => {
  test("reads numbers, lists and states of a logical volume", () => {
    expect(parseLv({})).toEqual({
      ...lv,
      lv_size: 2_147_483_648,
      lv_layout: ["thin", "sparse"],
      lv_role: ["public"],
      lv_active: true,
      lv_device_open: true,
      lv_autoactivation: false,
      lv_tags: ["pulumi-lvm.id=1", "site"],
      origin_size: undefined,
      data_percent: 12.5,
      lv_metadata_size: undefined,
    });
  });

  test.each([
    [
      "an inactive volume is not open",
      { lv_active: "", lv_device_open: "unknown" },
      { lv_active: false, lv_device_open: false },
    ],
    ["a hidden volume loses its brackets", { lv_name: "[pool_tmeta]" }, { lv_name: "pool_tmeta" }],
    [
      "a snapshot that is not active tells no share, and a classic one what it shows",
      { data_percent: "", origin_size: "67108864" },
      { data_percent: undefined, origin_size: 67_108_864 },
    ],
    ["no tags are an empty list", { lv_tags: "" }, { lv_tags: [] }],
    ["a pool has a metadata size", { lv_metadata_size: "4194304" }, { lv_metadata_size: 4_194_304 }],
  ])("%s", (_case, fields, expected) => {
    expect(parseLv(fields)).toMatchObject(expected);
  });

  test("refuses a size with a unit, which means that LVM ignored --nosuffix", () => {
    expect(() => parseLv({ lv_size: "2.00g" })).toThrow();
  });

  test("takes a report without any volume group", () => {
    expect(fullReport.parse({ report: [{}] })).toEqual({ report: [{ vg: [], pv: [], lv: [], seg: [] }] });
  });
});

describe("lsblkReport", () => {
  const disk = {
    name: "/dev/sda",
    kname: "/dev/sda",
    type: "disk",
    size: 1,
    fstype: null,
    pttype: "gpt",
    mountpoint: null,
  };

  test("keeps children at any depth", () => {
    const nested = { ...disk, children: [{ ...disk, name: "/dev/sda1", children: [{ ...disk, name: "/dev/dm-0" }] }] };
    expect(lsblkReport.parse({ blockdevices: [nested] }).blockdevices).toEqual([nested]);
  });

  test("refuses sizes as text, which are rounded for people", () => {
    expect(lsblkReport.safeParse({ blockdevices: [{ ...disk, size: "1G" }] }).success).toBe(false);
  });
});
