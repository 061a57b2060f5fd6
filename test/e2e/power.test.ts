import { hostFingerprint, type LabHost, labHosts, powerCut, resetHost, sh, shOk, startHost } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [host] = labHosts() as [LabHost];

describe("a power cut of the host in the middle of an up", () => {
  let deployment: Deployment;
  let before: string;
  const spec = oneHost(host);
  const limits = { connectTimeoutSeconds: 5, runTimeoutSeconds: 60 };
  spec.hosts["node"] = { connection: { ...spec.hosts["node"]?.connection, ...limits } };
  spec.volumes = Object.fromEntries(
    ["a", "b", "c"].map((name) => [
      name,
      { pool: "pool", size: "256MiB", fileSystem: "ext4", deletionPolicy: "delete" },
    ]),
  );
  spec.attachments = Object.fromEntries(
    ["a", "b", "c"].map((name) => [`to-${name}`, { volume: name, microVm: `vm-${name}` }]),
  );

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("power");
  });
  afterAll(() => deployment.close());

  // Each moment is something that LVM shows while the up runs. The host stays away until the up gives it up, or is back while that waits.
  test.each([
    ["when the pool has just been made", "lvs fast/pool", "away"],
    ["when the first volume appears", "lvs fast/a || lvs fast/b || lvs fast/c", "back"],
    ["when the first file system is finished", "lvs --noheadings -o lv_tags fast | grep -q pulumi-lvm.fs=", "back"],
    ["when the first lease is given", "lvs --noheadings -o lv_tags fast | grep -q pulumi-lvm.attachment=", "back"],
  ])("%s: the next up converges and the leases hold", async (_moment, condition, then) => {
    const running = deployment.up(spec);
    await shOk(host, `until { ${condition}; } >/dev/null 2>&1; do sleep 0.1; done`, { timeoutMs: 180_000 });
    await powerCut(host);
    if (then === "back") await startHost(host);
    const cut = await running;
    expect(cut.isOk).toBe(false);
    expect(cut.output).toMatch(/on host "node": .*(connection was lost|did not answer|refused|no way to)/);
    if (then === "away") await startHost(host);
    changesOf(await deployment.up());
    expect(changesOf(await deployment.refresh())).toEqual({ same: 10 });
    const rows = (
      await shOk(host, "lvs --noheadings --separator '|' -o lv_name,lv_active,lv_tags -S 'lv_role=public' fast")
    )
      .trim()
      .split("\n");
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatch(/\|active\|.*pulumi-lvm\.fs=ext4.*pulumi-lvm\.microvm=vm-/);
      expect(row).not.toContain("pending");
    }
    const files = await shOk(host, "ls /var/lib/pulumi-lvm/attachments");
    expect(files.trim().split("\n")).toEqual(["vm-a.json", "vm-b.json", "vm-c.json"]);
    const { code } = await sh(host, "for name in a b c; do e2fsck -f -n /dev/fast/$name || exit 1; done");
    expect(code).toBe(0);
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
