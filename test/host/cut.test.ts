import { closeChannels } from "../../provider/channels.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { commandsRun, cutAfter, installCutter, removeCutter } from "./cut.js";
import { Managed, refTo } from "./managed.js";

const [host] = labHosts() as [LabHost];

/** What matters of a host after an up: what LVM has, without what is new each time, and our files. */
async function outcome(): Promise<string> {
  const text = await shOk(
    host,
    `vgs --noheadings -o vg_name,vg_tags; lvs -a --noheadings --units b -o lv_name,lv_size,lv_active,lv_autoactivation,pool_lv,lv_tags
pvs --noheadings -o pv_name,vg_name; grep -r '' /var/lib/pulumi-lvm/attachments 2>/dev/null || :; ls /var/lib/pulumi-lvm/released 2>/dev/null || :`,
  );
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/\.deleted\.\d+/g, ".deleted.T")
    .replace(/reap-after=\d+/g, "reap-after=T")
    .replace(/[ \t]+/g, " ");
}

describe("a script that dies after any of its commands", () => {
  const common = { host: {} as ReturnType<typeof refTo> };
  const owner = (kind: string, name: string) => `organization/cut/dev/${kind}/${name}`;
  let before: string;
  const node = new Managed("host", {});

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await installCutter(host);
    const machineId = (await shOk(host, "cat /etc/machine-id")).trim();
    common.host = refTo(host, machineId);
    node.inputs = { host: { ...common.host, machineId: "" }, owner: owner("host", "node") };
    group.inputs = { ...common, owner: owner("volumeGroup", "fast"), name: "fast", disks: host.disks.slice(0, 1) };
    pool.inputs = {
      ...common,
      owner: owner("thinPool", "pool"),
      volumeGroup: "fast",
      name: "pool",
      size: "1GiB",
      autoextend: { threshold: 80, percent: 20 },
    };
    thin.inputs = thinInputs();
    linear.inputs = linearInputs();
  });
  afterAll(async () => {
    await removeCutter(host);
    await closeChannels();
  });

  /**
   * Does `act` whole once, for the outcome that counts; then, for n = 1, 2, …, lets it die after its nth command, does it again, and
   * compares. `undo` brings back what was before. Ends when an act survives its cut: then it has fewer commands than n.
   */
  async function cutEverywhere(act: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<string[]> {
    await cutAfter(host, 0);
    await act();
    const expected = await outcome();
    await undo();
    for (let nth = 1; nth < 50; nth += 1) {
      await cutAfter(host, nth);
      const survived = await act().then(
        () => true,
        () => false,
      );
      const commands = await commandsRun(host);
      await cutAfter(host, 0);
      if (!survived) await act();
      const after = await outcome();
      if (after !== expected)
        throw new Error(
          `After a cut behind command ${nth} (${commands.at(-1)}), up made\n${after}\nand not\n${expected}`,
        );
      await undo();
      if (survived) return commands.map((command) => command.split(" ")[0] ?? "");
    }
    throw new Error("more than 50 commands");
  }

  const group = new Managed("volumeGroup", {});
  const pool = new Managed("thinPool", {});
  const thin = new Managed("volume", {});
  const linear = new Managed("volume", {});
  const lease = new Managed("attachment", {});

  /** What a test builds on; each can be run alone. */
  async function upTo(...wanted: Managed[]): Promise<void> {
    await cutAfter(host, 0);
    for (const each of wanted) await each.up();
  }

  test("Host", async () => {
    expect(
      await cutEverywhere(
        () => node.up(),
        () => node.destroy(),
      ),
    ).toContain("systemctl");
  });

  test("VolumeGroup: made, extended and removed", async () => {
    await upTo(node);
    const { inputs } = group;
    expect(
      await cutEverywhere(
        () => group.up(inputs),
        () => group.destroy(),
      ),
    ).toEqual(["vgcreate"]);
    await group.up(inputs);
    const shrunk = async () => {
      await group.destroy();
      await group.up(inputs);
    };
    const both = { ...inputs, disks: host.disks.slice(0, 2) };
    expect(await cutEverywhere(() => group.up(both), shrunk)).toEqual(["vgextend"]);
    expect(
      await cutEverywhere(
        () => group.destroy(),
        () => group.up(inputs),
      ),
    ).toEqual(["vgremove", "pvremove"]);
  });

  test("ThinPool: made, grown and removed", async () => {
    await upTo(node, group);
    const { inputs } = pool;
    expect(
      await cutEverywhere(
        () => pool.up(inputs),
        () => pool.destroy(),
      ),
    ).toEqual(["lvcreate", "lvchange"]);
    await pool.up(inputs);
    const again = async () => {
      await pool.destroy();
      await pool.up(inputs);
    };
    expect(await cutEverywhere(() => pool.up({ ...inputs, size: "2GiB" }), again)).toEqual(["lvextend"]);
    expect(
      await cutEverywhere(
        () => pool.destroy(),
        () => pool.up(inputs),
      ),
    ).toEqual(["lvremove"]);
  });

  const thinInputs = () => ({
    ...common,
    owner: owner("volume", "data"),
    volumeGroup: "fast",
    pool: "pool",
    name: "data",
    size: "256MiB",
    fileSystem: "ext4",
    labels: { tier: "gold" },
    deletionPolicy: "delete",
  });
  const linearInputs = () => ({
    ...common,
    owner: owner("volume", "raw"),
    volumeGroup: "fast",
    name: "raw",
    size: "64MiB",
    deletionPolicy: "delete",
  });

  test("Volume, thin with ext4: made", async () => {
    await upTo(node, group, pool);
    expect(
      await cutEverywhere(
        () => thin.up(thinInputs()),
        () => thin.destroy(),
      ),
    ).toEqual(["lvcreate", "lvchange", "lvchange", "mkfs.ext4", "lvchange", "lvchange"]);
    await thin.up();
  });

  test("Volume, thin with ext4: grown", async () => {
    await upTo(node, group, pool, thin);
    const again = async () => {
      await thin.destroy();
      await thin.up(thinInputs());
    };
    expect(await cutEverywhere(() => thin.up({ ...thinInputs(), size: "384MiB", name: "data2" }), again)).toEqual([
      "lvrename",
      "lvchange",
      "lvextend",
      "lvchange",
      "systemd-run",
      "systemd-run",
      "lvchange",
      "lvchange",
    ]);
  });

  test("Volume, linear: made and grown", async () => {
    await upTo(node, group);
    expect(
      await cutEverywhere(
        () => linear.up(linearInputs()),
        () => linear.destroy(),
      ),
    ).toEqual(["lvcreate", "lvchange", "blkdiscard", "lvchange", "lvchange"]);
    await linear.up();
    const again = async () => {
      await linear.destroy();
      await linear.up(linearInputs());
    };
    expect(await cutEverywhere(() => linear.up({ ...linearInputs(), size: "96MiB" }), again)).toHaveLength(4);
  });

  test("Attachment: made and removed", async () => {
    await upTo(node, group, pool, thin);
    const inputs = () => ({
      ...common,
      owner: owner("attachment", "db"),
      volumeId: thin.id,
      volumeGroup: "fast",
      volumeName: "data",
      microVm: "db",
      driveId: "data",
    });
    expect(
      await cutEverywhere(
        () => lease.up(inputs()),
        () => lease.destroy(),
      ),
    ).toHaveLength(2);
    await lease.up(inputs());
    expect(
      await cutEverywhere(
        () => lease.destroy(),
        () => lease.up(inputs()),
      ),
    ).toHaveLength(2);
    await lease.destroy();
  });

  test("Volume: tombstone and brought back", async () => {
    await upTo(node, group, pool);
    const inputs = {
      ...thinInputs(),
      deletionPolicy: "tombstone",
      owner: owner("volume", "kept"),
      name: "kept",
      fileSystem: "none",
    };
    const kept = new Managed("volume", inputs);
    await kept.up();
    const uuid = kept.outputs["uuid"] as string;
    const back = () => kept.up({ ...inputs, adopt: uuid });
    expect(await cutEverywhere(() => kept.destroy(), back)).toHaveLength(2);
    await kept.destroy();
    expect(await cutEverywhere(back, () => kept.destroy())).toHaveLength(2);
    await back();
    await kept.up({ ...inputs, deletionPolicy: "delete" });
    await kept.destroy();
  });

  test("everything removed", async () => {
    await linear.destroy();
    await thin.destroy();
    await pool.destroy();
    await group.destroy();
    await node.destroy();
    await removeCutter(host);
    expect(await hostFingerprint(host)).toBe(before);
  });
});
