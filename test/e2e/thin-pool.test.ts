import { resource } from "../../provider/index.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [host] = labHosts() as [LabHost];
const [first, second] = host.disks as [string, string];

describe("VolumeGroup and ThinPool", () => {
  let deployment: Deployment;
  let before: string;
  const spec = oneHost(host);
  const base = { volumeGroup: "fast", size: "100MiB", chunkSize: "64KiB", autoextend: { threshold: 70, percent: 50 } };
  spec.pools = { pool: base };
  const poolSize = async () => Number(await shOk(host, "lvs --noheadings --units m --nosuffix -o lv_size fast/pool"));

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("pool");
  });
  afterAll(() => deployment.close());

  test("volumes that exceed the pool together are refused at the first preview", async () => {
    const volumes = { a: { pool: "pool", size: "60MiB" }, b: { pool: "pool", size: "60MiB" } };
    const output = refusalOf(await deployment.preview({ ...spec, volumes }));
    expect(output).toContain(
      "has 100 MiB, and its volumes would be promised 120 MiB, more than maxOvercommit 1 allows",
    );
    const allowed = { ...spec, pools: { pool: { ...base, maxOvercommit: 1.5 } }, volumes };
    expect(changesOf(await deployment.preview(allowed))).toEqual({ create: 6 });
  });

  test("the limit holds under the host's lock too, whatever the preview knew", async () => {
    const volumes = { a: { pool: "pool", size: "64MiB", deletionPolicy: "delete" } };
    changesOf(await deployment.up({ ...spec, volumes }));
    const { inputs } = (await deployment.state())["a"] as { inputs: Record<string, unknown> };
    const late = { ...inputs, name: "late", owner: "organization/e2e/late/volume/late" };
    await expect(resource("volume").create(late)).rejects.toThrow(
      /thin pool "fast\/pool" has 104857600 bytes and has promised 67108864 to other volumes; 67108864 more exceed maxOvercommit 1\nGrow the pool/,
    );
    expect(await shOk(host, "lvs --noheadings -o lv_name fast")).not.toContain("late");
  });

  test("LVM extends the pool by itself before it is full, and that is no drift", async () => {
    await shOk(
      host,
      "lvchange -ay fast/a && dd if=/dev/urandom of=/dev/fast/a bs=1M count=64 conv=fsync status=none; lvchange -an fast/a",
    );
    changesOf(
      await deployment.up({ ...spec, volumes: { a: { pool: "pool", size: "96MiB", deletionPolicy: "delete" } } }),
    );
    await shOk(
      host,
      "lvchange -ay fast/a && dd if=/dev/urandom of=/dev/fast/a bs=1M count=90 conv=fsync status=none; lvchange -an fast/a",
    );
    await shOk(
      host,
      'until [ "$(lvs --noheadings --units m --nosuffix -o lv_size fast/pool | cut -d . -f 1)" -gt 100 ]; do sleep 1; done',
    );
    expect(changesOf(await deployment.refresh())).toEqual({ same: 5 });
    expect(changesOf(await deployment.up())).toEqual({ same: 5 });
  });

  test("a larger size and a larger metadata area grow it in place; without autoextend the profile goes", async () => {
    const pools = { pool: { volumeGroup: "fast", size: "256MiB", chunkSize: "64KiB", metadataSize: "8MiB" } };
    const volumes = { a: { pool: "pool", size: "96MiB", deletionPolicy: "delete" } };
    expect(changesOf(await deployment.up({ ...spec, pools, volumes }))).toEqual({ same: 4, update: 1 });
    expect(await poolSize()).toBe(256);
    expect(await shOk(host, "lvs --noheadings --units m -o lv_metadata_size,lv_profile fast/pool")).toMatch(
      /^\s*8\.00m\s*$/,
    );
    expect(changesOf(await deployment.up())).toEqual({ same: 5 });
  });

  test.each([
    [
      "a smaller pool",
      { size: "128MiB" },
      'Cannot shrink thin pool "fast/pool" on host "node": it has 256 MiB, and the program says 128 MiB',
    ],
    [
      "another chunk size",
      { size: "256MiB", chunkSize: "128KiB" },
      'Cannot change chunkSize of the thin pool on host "node"',
    ],
  ])("%s is refused at preview", async (_what, change, words) => {
    const pools = { pool: { volumeGroup: "fast", chunkSize: "64KiB", metadataSize: "8MiB", ...change } };
    const volumes = { a: { pool: "pool", size: "96MiB", deletionPolicy: "delete" } };
    expect(refusalOf(await deployment.preview({ ...spec, pools, volumes }))).toContain(words);
  });

  test("a disk is added in place, and taking one away is refused at preview until the group is without it", async () => {
    const pools = { pool: { volumeGroup: "fast", size: "256MiB", chunkSize: "64KiB", metadataSize: "8MiB" } };
    const volumes = { a: { pool: "pool", size: "96MiB", deletionPolicy: "delete" } };
    const both = { ...spec, pools, volumes, groups: { fast: { host: "node", disks: [first, second] } } };
    expect(changesOf(await deployment.up(both))).toEqual({ same: 4, update: 1 });
    expect(await shOk(host, "vgs --noheadings -o pv_count fast")).toMatch(/^\s*2\s*$/);
    const output = refusalOf(await deployment.preview({ ...spec, pools, volumes }));
    expect(output).toContain(`Cannot take ${second} out of volume group "fast" on host "node"`);
    expect(output).toContain("pvmove");
    await shOk(host, `vgreduce -q fast ${second} && pvremove -q ${second}`);
    expect(changesOf(await deployment.up({ ...spec, pools, volumes }))).toEqual({ same: 4, update: 1 });
    expect(await shOk(host, "vgs --noheadings -o pv_count fast")).toMatch(/^\s*1\s*$/);
  });

  test("destroy leaves nothing: no profile, no label on a disk", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
