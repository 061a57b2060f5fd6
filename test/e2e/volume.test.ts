import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [, host] = labHosts() as [LabHost, LabHost];

const lvs = async (fields: string): Promise<string> =>
  (await shOk(host, `lvs --noheadings --units m -o ${fields} --separator '|' fast`)).replace(/ /g, "");

describe("Volume", () => {
  let deployment: Deployment;
  let before: string;

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("volume");
  });
  afterAll(() => deployment.close());

  const spec = oneHost(host);
  spec.volumes = {
    data: { pool: "pool", size: "1GiB", fileSystem: "ext4", labels: { tier: "gold" }, deletionPolicy: "delete" },
    raw: { volumeGroup: "fast", size: "100MiB", deletionPolicy: "delete" },
  };

  test("preview of a new host shows everything and changes nothing", async () => {
    expect(changesOf(await deployment.preview(spec))).toEqual({ create: 6 });
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("up makes the volumes, as LVM itself reports", async () => {
    expect(changesOf(await deployment.up(spec))).toEqual({ create: 6 });
    const rows = await lvs("lv_name,lv_size,pool_lv,lv_active,lv_autoactivation");
    expect(rows).toContain("data|1024.00m|pool||");
    expect(rows).toContain("raw|100.00m|||");
  });

  test("a second up, a preview and a refresh find nothing to do", async () => {
    expect(changesOf(await deployment.preview())).toEqual({ same: 6 });
    expect(changesOf(await deployment.up())).toEqual({ same: 6 });
    expect(changesOf(await deployment.refresh())).toEqual({ same: 6 });
  });

  test("a larger size grows the volume and its file system, also when a crash of the guest left something to put right", async () => {
    // e2fsck -p corrects this count, and exits with 1 to say so.
    const free = await shOk(
      host,
      "lvchange -ay fast/data; debugfs -w -R 'ssv free_blocks_count 1' /dev/fast/data 2>&1; dumpe2fs -h /dev/fast/data 2>/dev/null | grep '^Free blocks'; lvchange -an fast/data",
    );
    expect(free).toMatch(/Free blocks: +1$/m);
    spec.volumes["data"] = { ...spec.volumes["data"], size: "1500MiB" };
    spec.volumes["raw"] = { ...spec.volumes["raw"], size: "150MiB" };
    expect(changesOf(await deployment.up(spec))).toEqual({ update: 2, same: 4 });
    expect(await lvs("lv_name,lv_size")).toContain("data|1500.00m");
    const blocks = await shOk(
      host,
      "lvchange -ay fast/data && e2fsck -f -n /dev/fast/data >/dev/null && dumpe2fs -h /dev/fast/data 2>/dev/null | sed -n 's/^Block count: *//p'; lvchange -an fast/data",
    );
    expect(Number(blocks)).toBe((1500 * 2 ** 20) / 4096);
    expect(changesOf(await deployment.up())).toEqual({ same: 6 });
  });

  test("a smaller size is refused at preview, in words", async () => {
    const smaller = { ...spec, volumes: { ...spec.volumes, data: { ...spec.volumes["data"], size: "1GiB" } } };
    expect(refusalOf(await deployment.preview(smaller))).toContain(
      'Cannot shrink volume "fast/data" on host "node": it has 1.46 GiB, and the program says 1 GiB',
    );
  });

  test.each([
    ["another file system", { pool: "pool", fileSystem: "xfs" }, "Nothing is ever formatted again"],
    ["no file system", { pool: "pool", fileSystem: "none" }, "Nothing is ever formatted again"],
    ["a linear volume", { volumeGroup: "fast", fileSystem: "ext4" }, "A volume stays in its pool"],
  ])("a change to %s is refused at preview, and the data stays as it is", async (_what, change, words) => {
    const device = "/dev/fast/data";
    const digest = () => shOk(host, `lvchange -ay fast/data; head -c 8M ${device} | sha256sum; lvchange -an fast/data`);
    const before = await digest();
    const data = { size: "1500MiB", labels: { tier: "gold" }, deletionPolicy: "delete", ...change };
    const changed = { ...spec, volumes: { ...spec.volumes, data } };
    expect(refusalOf(await deployment.preview(changed))).toContain(words);
    expect(await digest()).toBe(before);
  });

  test("destroy leaves nothing behind", async () => {
    expect(changesOf(await deployment.destroy())).toEqual({ delete: 6 });
    expect(await hostFingerprint(host)).toBe(before);
  });
});
