import { Declarations } from "../../../../provider/declarations.js";
import { tag } from "../../../../provider/model/tag.js";
import { ownerOf, sampleInputs } from "../../../support/samples.js";
import { host, lv, ours, plannedPool, pool, preview, thin, wanted } from "./volume-preview.js";

const UUID = "csJfXe-sxE5-3CXc-0x87-jJdj-sSF8-LRH7mA";

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
