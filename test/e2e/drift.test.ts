import { type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [, host] = labHosts() as [LabHost, LabHost];

// test/host/conformance.ts has what each resource promises; this is what the engine and its state add.
describe("what was changed by hand", () => {
  let deployment: Deployment;
  const spec = oneHost(host);
  spec.volumes = {
    data: { pool: "pool", size: "256MiB", labels: { tier: "gold" }, deletionPolicy: "delete" },
    raw: { volumeGroup: "fast", size: "64MiB", deletionPolicy: "delete" },
  };

  beforeAll(async () => {
    await resetHost(host);
    deployment = await Deployment.open("drift");
    changesOf(await deployment.up(spec));
  });
  afterAll(async () => {
    changesOf(await deployment.destroy());
    await deployment.close();
  });

  test("renamed: refresh reports just that, up renames it back", async () => {
    await shOk(host, "lvrename -q fast data other");
    expect(changesOf(await deployment.refresh())).toEqual({ same: 5, update: 1 });
    expect((await deployment.state())["data"]?.outputs["name"]).toBe("other");
    expect(changesOf(await deployment.up())).toEqual({ same: 5, update: 1 });
    await shOk(host, "lvs fast/data");
  });

  test("grown: refresh reports it, up refuses to shrink and says what to write", async () => {
    await shOk(host, "lvextend -q -L 512M fast/data");
    expect(changesOf(await deployment.refresh())).toEqual({ same: 5, update: 1 });
    const output = refusalOf(await deployment.up());
    expect(output).toContain(
      'Cannot shrink volume "fast/data" on host "node": it has 512 MiB, and the program says 256 MiB',
    );
    expect(output).toContain('Set size to "536870912B" or more');
    spec.volumes["data"] = { ...spec.volumes["data"], size: "512MiB" };
    expect(changesOf(await deployment.up(spec))).toEqual({ same: 6 });
  });

  test("deleted: refresh reports just that, up makes a new one", async () => {
    const uuid = (await deployment.state())["raw"]?.outputs["uuid"];
    await shOk(host, "lvremove -q -y fast/raw");
    expect(changesOf(await deployment.refresh())).toEqual({ same: 5, delete: 1 });
    expect(changesOf(await deployment.up())).toEqual({ same: 5, create: 1 });
    expect((await deployment.state())["raw"]?.outputs["uuid"]).not.toBe(uuid);
  });

  test("deleted, and an update without a refresh: refused in words, nothing empty takes its place", async () => {
    await shOk(host, "lvremove -q -y fast/raw");
    spec.volumes["raw"] = { ...spec.volumes["raw"], size: "128MiB" };
    const output = refusalOf(await deployment.up(spec));
    expect(output).toContain("is not there any more (it was fast/raw)");
    expect(output).toContain("Run 'pulumi refresh'");
    changesOf(await deployment.refresh());
    changesOf(await deployment.up());
  });

  test("a volume group that cannot be seen is no proof: refresh fails in words and keeps the state", async () => {
    // Filtered away, as if the disk had dropped out.
    const filter = 'devices { global_filter=["r|.*|"] types=["ubd",16] }';
    await shOk(host, `cp /etc/lvm/lvmlocal.conf /run/lvmlocal.conf; echo '${filter}' >/etc/lvm/lvmlocal.conf`);
    try {
      expect(refusalOf(await deployment.refresh())).toContain(
        'volume group "fast" cannot be seen, which is no proof that',
      );
    } finally {
      await shOk(host, "mv /run/lvmlocal.conf /etc/lvm/lvmlocal.conf");
    }
    expect(changesOf(await deployment.refresh())).toEqual({ same: 6 });
  });
});
