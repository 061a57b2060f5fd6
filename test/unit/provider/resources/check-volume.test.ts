import { Declarations } from "../../../../provider/declarations.js";
import { holdIds, releaseIds } from "../../../../provider/held-ids.js";
import type { LogicalVolume } from "../../../../provider/hosts/observation/lvm-report.js";
import type { Observation } from "../../../../provider/hosts/observation/observation.js";
import { type VolumeInputs, volumeInputs } from "../../../../provider/model/inputs/volume.js";
import { describeProblem } from "../../../../provider/model/problem.js";
import { parseSize } from "../../../../provider/model/size.js";
import { tag } from "../../../../provider/model/tag.js";
import { checkVolume } from "../../../../provider/resources/check-volume.js";
import { volume } from "../../../../provider/resources/volume.js";
import { hostRef, MACHINE_ID, ownerOf, sampleInputs } from "../../../support/samples.js";

const UUID = "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA";
const EXTENT = parseSize("4MiB");

const lv = (name: string, size: string, fields: Partial<LogicalVolume> = {}): LogicalVolume => ({
  vg_name: "fast",
  lv_name: name,
  lv_uuid: `uuid-of-${name}`,
  lv_size: parseSize(size),
  lv_layout: ["linear"],
  lv_role: ["public"],
  lv_active: false,
  lv_device_open: false,
  lv_autoactivation: false,
  lv_tags: [],
  pool_lv: "",
  origin: "",
  lv_metadata_size: undefined,
  lv_profile: "",
  chunk_size: undefined,
  zero: false,
  ...fields,
});
const pool = (size: string, fields: Partial<LogicalVolume> = {}) =>
  lv("pool", size, { lv_layout: ["thin", "pool"], zero: true, ...fields });
const plannedPool = (size: string) => ({
  owner: ownerOf("thinPool", "pool"),
  identity: undefined,
  madeBy: undefined,
  volumeGroup: "fast",
  name: "pool",
  pool: undefined,
  adopt: undefined,
  sizeBytes: parseSize(size),
});
const ours = (name: string, size: string, fields: Partial<LogicalVolume> = {}) =>
  lv(name, size, {
    pool_lv: "pool",
    lv_tags: [tag("owner", ownerOf("volume", name)), tag("id", `id-of-${name}`)],
    ...fields,
  });

/** A host with the volume group "fast", 10 GiB of it free. */
const host = (...logicalVolumes: LogicalVolume[]): Observation => ({
  machineId: MACHINE_ID,
  volumeGroups: [
    {
      vg_name: "fast",
      vg_uuid: "uuid-of-fast",
      vg_size: parseSize("20GiB"),
      vg_free: parseSize("10GiB"),
      vg_extent_size: EXTENT,
      vg_tags: [],
      vg_exported: "",
      vg_shared: "",
      vg_partial: "",
    },
  ],
  physicalVolumes: [],
  logicalVolumes,
  disks: [],
  signatures: new Map(),
  links: new Map(),
  installCommand: "apt-get install",
  missing: [],
  outdated: [],
  owners: new Map(),
  programs: [],
  schedules: new Map(),
});

const wanted = (name: string, size: string, fields: object = {}): VolumeInputs =>
  volumeInputs.parse({
    ...{ host: hostRef, owner: ownerOf("volume", name), identity: `id-of-${name}` },
    ...{ volumeGroup: "fast", name, size, ...fields },
  });
const thin = (name: string, size: string, fields: object = {}) => wanted(name, size, { pool: "pool", ...fields });

/** What a preview says of volumes that the engine checks one after the other. */
function preview(
  observation: Observation,
  volumes: readonly VolumeInputs[],
  declarations = new Declarations(),
): string[] {
  return volumes.flatMap((each) => {
    volume.declare?.(each, declarations);
    return checkVolume(each, observation, declarations).map(
      ({ property, problem }) => `${property}: ${describeProblem(problem)}`,
    );
  });
}

describe("the place of a volume", () => {
  test("must be a volume group that is there, or that the program makes", () => {
    const elsewhere = wanted("data", "1GiB", { volumeGroup: "slow" });
    expect(preview(host(), [elsewhere])).toEqual([
      `volumeGroup: There is no volume group "slow" on host "db1"\nDeclare it as a VolumeGroup, or name one that 'vgs' shows there`,
    ]);
    const declarations = new Declarations();
    declarations.volumeGroups.add("slow");
    expect(preview(host(), [elsewhere], declarations)).toEqual([]);
  });

  test("must be a pool that is there, or that the program makes", () => {
    expect(preview(host(), [thin("data", "1GiB")])).toEqual([
      `pool: There is no thin pool "fast/pool" on host "db1"\nDeclare it as a ThinPool, or name one that 'lvs' shows there`,
    ]);
    const declarations = new Declarations();
    declarations.pools.set(ownerOf("thinPool", "pool"), plannedPool("4GiB"));
    expect(preview(host(), [thin("data", "4GiB")], declarations)).toEqual([]);
  });

  test("must not be a pool that shows what others deleted, unless the program says so", () => {
    const unzeroed = host(pool("4GiB", { zero: false }));
    expect(preview(unzeroed, [thin("data", "1GiB")]).join()).toContain("does not zero new chunks");
    expect(preview(unzeroed, [thin("data", "1GiB", { allowUnzeroedChunks: true })])).toEqual([]);
  });
});

describe("the over-commit guard", () => {
  test("counts all volumes of one preview together", () => {
    const volumes = [thin("a", "2GiB"), thin("b", "1.5GiB"), thin("c", "1GiB"), thin("d", "512MiB")];
    expect(preview(host(pool("4GiB")), volumes)).toEqual([
      `size: Thin pool "fast/pool" on host "db1" has 4 GiB, and its volumes would be promised 4.5 GiB, more than maxOvercommit 1 allows\nGrow the pool, make volumes smaller, or raise maxOvercommit on the ThinPool`,
      `size: Thin pool "fast/pool" on host "db1" has 4 GiB, and its volumes would be promised 5 GiB, more than maxOvercommit 1 allows\nGrow the pool, make volumes smaller, or raise maxOvercommit on the ThinPool`,
    ]);
  });

  test("counts what is in the pool already, whoever made it", () => {
    const foreign = lv("foreign", "3GiB", { pool_lv: "pool" });
    expect(preview(host(pool("4GiB"), foreign), [thin("data", "1GiB")])).toEqual([]);
    expect(preview(host(pool("4GiB"), foreign), [thin("data", "1025MiB")])).toHaveLength(1);
  });

  test("counts a volume that is there by its new size, once", () => {
    const full = host(pool("4GiB"), ours("a", "2GiB"), ours("b", "2GiB"));
    expect(preview(full, [thin("a", "2GiB"), thin("b", "2GiB")])).toEqual([]);
    expect(preview(full, [thin("a", "3GiB"), thin("b", "2GiB")]).length).toBeGreaterThan(0);
  });

  test("counts a volume that is renamed once", () => {
    const full = host(pool("4GiB"), ours("a", "4GiB"));
    expect(preview(full, [{ ...thin("a", "4GiB"), name: "renamed" }])).toEqual([]);
  });

  test("counts a renamed volume once, in whatever order the engine checks", () => {
    const full = host(pool("4GiB"), ours("a", "2GiB"), ours("b", "2GiB"));
    expect(preview(full, [{ ...thin("b", "2GiB"), name: "renamed" }, thin("a", "2GiB")])).toEqual([]);
  });

  test.each(["backup-of", "drill-of"])("does not count what is tagged %s", (key) => {
    const snapshot = lv("pulumi-lvm-1", "4GiB", { pool_lv: "pool", lv_tags: [tag(key, "1")] });
    expect(preview(host(pool("4GiB"), snapshot), [thin("a", "4GiB")])).toEqual([]);
  });

  test("allows as much as maxOvercommit says", () => {
    const volumes = ["a", "b"].map((name) => thin(name, "4GiB", { maxOvercommit: 2 }));
    expect(preview(host(pool("4GiB")), volumes)).toEqual([]);
    expect(preview(host(pool("4GiB")), [...volumes, thin("c", "1MiB", { maxOvercommit: 2 })])).toHaveLength(1);
  });

  test("goes by the size that the pool will have, and leaves other pools alone", () => {
    const declarations = new Declarations();
    declarations.pools.set(ownerOf("thinPool", "pool"), plannedPool("8GiB"));
    const other = lv("other", "9GiB", { pool_lv: "pool2" });
    expect(preview(host(pool("4GiB"), other), [thin("data", "8GiB")], declarations)).toEqual([]);
  });
});

test("two resources of one program with the same logical volume are refused", () => {
  const twin = { ...wanted("twin", "1GiB"), name: "data" };
  expect(preview(host(), [wanted("data", "1GiB"), twin]).join()).toContain(
    'Logical volume "fast/data" is declared twice',
  );
});

describe("the size of a linear volume", () => {
  test("must fit into the volume group, in whole extents", () => {
    expect(preview(host(), [wanted("data", "10GiB")])).toEqual([]);
    expect(preview(host(), [wanted("data", `${10 * 2 ** 30 + 512}B`)]).join()).toContain(
      'size: Volume group "fast" on host "db1" has 10 GiB free, and the program needs 10 GiB more',
    );
  });

  test("counts all of one preview together", () => {
    expect(preview(host(), [wanted("a", "6GiB"), wanted("b", "6GiB")])).toEqual([
      'size: Volume group "fast" on host "db1" has 10 GiB free, and the program needs 12 GiB more\nAdd a disk to the VolumeGroup, or set a smaller size',
    ]);
  });

  test("counts only what it grows by", () => {
    const there = host(ours("data", "8GiB", { pool_lv: "" }));
    expect(preview(there, [wanted("data", "18GiB")])).toEqual([]);
    expect(preview(there, [wanted("data", "19GiB")]).join()).toContain("the program needs 11 GiB more");
  });

  test("never shrinks, and knows the difference between bytes and extents", () => {
    const there = host(ours("data", "1GiB", { pool_lv: "" }));
    expect(preview(there, [wanted("data", "1021MiB")])).toEqual([]);
    expect(preview(there, [wanted("data", "1020MiB")])).toEqual([
      `size: Cannot shrink volume "fast/data" on host "db1": it has 1 GiB, and the program says 1020 MiB\nSet size to "1073741824B" or more, or declare a new, smaller Volume and copy the data`,
    ]);
  });
});

describe("an xfs", () => {
  const small = (fields: object = {}) => wanted("data", "299MiB", { fileSystem: "xfs", ...fields });

  test("below the size that mkfs.xfs takes is refused before it is made", () => {
    expect(preview(host(), [small()])).toEqual([
      'size: Volume "fast/data" on host "db1" is too small for an xfs: it would have 299 MiB\nSet size to "300MiB" or more (mkfs.xfs makes no smaller one), or another fileSystem',
    ]);
    expect(preview(host(), [small({ size: "300MiB" }), wanted("other", "299MiB", { fileSystem: "ext4" })])).toEqual([]);
  });

  test("that is there already is left alone", () => {
    expect(preview(host(ours("data", "299MiB", { pool_lv: "" })), [small()])).toEqual([]);
    const foreign = lv("data", "299MiB", { lv_uuid: UUID });
    expect(preview(host(foreign), [small({ adopt: UUID })])).toEqual([]);
    const { target, volumeId } = sampleInputs.backup as { target: object; volumeId: string };
    expect(preview(host(), [small({ source: { target, volumeId, recoveryPoint: "latest" } })])).toEqual([]);
  });
});

describe("a name that is taken", () => {
  test("by a foreign logical volume is refused with the way to adopt it", () => {
    expect(preview(host(lv("data", "1GiB")), [wanted("data", "1GiB")])).toEqual([
      `name: Logical volume "fast/data" exists on host "db1" and is not this volume's (its UUID is uuid-of-data, its owner not pulumi-lvm)\nChoose another name, or take it over with adopt: "uuid-of-data"`,
    ]);
  });

  test("by a volume of another stack is refused with its owner", () => {
    const theirs = lv("data", "1GiB", { lv_tags: [tag("owner", "acme/infra/dev/volume/data")] });
    expect(preview(host(theirs), [wanted("data", "1GiB")]).join()).toContain("its owner acme/infra/dev/volume/data");
  });

  test("by the volume itself is fine, also when its resource was renamed", () => {
    expect(preview(host(ours("data", "1GiB", { pool_lv: "" })), [wanted("data", "1GiB")])).toEqual([]);
    const renamed = { ...wanted("data", "1GiB"), owner: "acme/infra/renamed/volume/records" };
    expect(preview(host(ours("data", "1GiB", { pool_lv: "" })), [renamed])).toEqual([]);
  });

  test("by one of the same name that another Host of a stack of the same name made is refused", () => {
    const tags = [tag("owner", ownerOf("volume", "data")), tag("id", "other"), tag("made-by", "other-host")];
    const theirs = lv("data", "1GiB", { lv_tags: tags });
    const by = (identity: string) => ({ ...wanted("data", "1GiB"), host: { ...hostRef, identity } });
    expect(preview(host(theirs), [by("this-host")]).join()).toContain("is not this volume's");
    // What a create left that was cut: the host decides.
    expect(preview(host(theirs), [by("other-host")])).toEqual([]);
  });
});

describe("adopt", () => {
  const said: string[] = [];
  beforeEach(() => {
    said.splice(0);
    jest.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
  });
  afterEach(() => jest.restoreAllMocks());

  const foreign = (fields: Partial<LogicalVolume> = {}) => lv("old", "1GiB", { lv_uuid: UUID, ...fields });
  const adopting = (size: string, name = "old") => wanted(name, size, { adopt: UUID });

  test("takes a foreign logical volume by its UUID and says what differs", () => {
    expect(preview(host(foreign()), [adopting("2GiB", "data")])).toEqual([]);
    expect(said).toEqual([
      'Adopting "fast/old" on host "db1": it is called "old" and will be renamed to "data"; it has 1 GiB and will grow to 2 GiB; its file system is taken to be none, unseen',
    ]);
  });

  test("says that nothing differs", () => {
    expect(preview(host(foreign({ lv_tags: [tag("fs", "none")] })), [adopting("1GiB")])).toEqual([]);
    expect(said).toEqual(['Adopting "fast/old" on host "db1": nothing differs']);
  });

  test("and a source contradict each other", () => {
    const { target } = sampleInputs.backup as { target: object };
    const source = { target, volumeId: "11111111-2222-3333-4444-555555555555", recoveryPoint: "latest" };
    expect(preview(host(foreign()), [wanted("old", "1GiB", { adopt: UUID, source })])).toEqual([
      expect.stringContaining("cannot be adopted and made from a backup"),
    ]);
  });

  test("refuses one that is attached", () => {
    const tags = [tag("lease-owner", "acme/infra/dev/attachment/a"), tag("microvm", "db")];
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")]).join()).toContain(
      'is attached to microVM "db" by acme/infra/dev/attachment/a',
    );
  });

  test("takes what another resource of its stack left, unless the state holds it", () => {
    const tags = [tag("owner", ownerOf("volume", "gone")), tag("id", "id-of-gone")];
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")])).toEqual([]);
    holdIds("id-of-gone");
    expect(preview(host(foreign({ lv_tags: tags })), [adopting("1GiB")]).join()).toContain("belongs to");
    releaseIds("id-of-gone");
  });

  test("takes a volume that its own stack adopted before, in silence", () => {
    const adopted = foreign({ lv_tags: [tag("owner", ownerOf("volume", "old"))] });
    expect(preview(host(adopted), [adopting("1GiB")])).toEqual([]);
    expect(said).toEqual([]);
  });

  test.each([
    ["a UUID that is not there", host(), "1GiB", `adopt: No logical volume on host "db1" has the UUID ${UUID}`],
    [
      "a volume of somebody else",
      host(foreign({ lv_tags: [tag("owner", "acme/infra/dev/volume/old")] })),
      "1GiB",
      "belongs to acme/infra/dev/volume/old",
    ],
    ["a volume that would have to shrink", host(foreign()), "512MiB", 'size: Cannot shrink volume "fast/old"'],
  ])("refuses %s", (_case, observation, size, words) => {
    expect(preview(observation, [adopting(size)]).join()).toContain(words);
  });
});
