import { closeChannels } from "../../provider/hosts/channels.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { cutAfter, cutEverywhere, installCutter, removeCutter } from "../support/cut.js";
import { sampleInputs } from "../support/samples.js";
import { Managed, refTo } from "./managed.js";

const [host] = labHosts() as [LabHost];

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
        host,
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
        host,
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
    expect(await cutEverywhere(host, () => group.up(both), shrunk)).toEqual(["vgextend"]);
    expect(
      await cutEverywhere(
        host,
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
        host,
        () => pool.up(inputs),
        () => pool.destroy(),
      ),
    ).toEqual(["lvcreate", "lvchange"]);
    await pool.up(inputs);
    const again = async () => {
      await pool.destroy();
      await pool.up(inputs);
    };
    expect(await cutEverywhere(host, () => pool.up({ ...inputs, size: "2GiB" }), again)).toEqual(["lvextend"]);
    expect(
      await cutEverywhere(
        host,
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
        host,
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
    expect(await cutEverywhere(host, () => thin.up({ ...thinInputs(), size: "384MiB", name: "data2" }), again)).toEqual(
      ["lvrename", "lvchange", "lvextend", "lvchange", "systemd-run", "systemd-run", "lvchange", "lvchange"],
    );
  });

  test("Volume, linear: made and grown", async () => {
    await upTo(node, group);
    expect(
      await cutEverywhere(
        host,
        () => linear.up(linearInputs()),
        () => linear.destroy(),
      ),
    ).toEqual(["lvcreate", "lvchange", "blkdiscard", "lvchange", "lvchange"]);
    await linear.up();
    const again = async () => {
      await linear.destroy();
      await linear.up(linearInputs());
    };
    expect(await cutEverywhere(host, () => linear.up({ ...linearInputs(), size: "96MiB" }), again)).toHaveLength(4);
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
        host,
        () => lease.up(inputs()),
        () => lease.destroy(),
      ),
    ).toHaveLength(2);
    await lease.up(inputs());
    expect(
      await cutEverywhere(
        host,
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
    expect(await cutEverywhere(host, () => kept.destroy(), back)).toHaveLength(2);
    await kept.destroy();
    expect(await cutEverywhere(host, back, () => kept.destroy())).toHaveLength(2);
    await back();
    await kept.up({ ...inputs, deletionPolicy: "delete" });
    await kept.destroy();
  });

  test("BackupSchedule: made, changed and removed", async () => {
    await upTo(node, group, pool, thin);
    const inputs = {
      ...common,
      ...sampleInputs.backupSchedule,
      owner: owner("backupSchedule", "nightly"),
      volumeId: thin.id,
      volumeName: "data",
      retention: { last: 3 },
    };
    const schedule = new Managed("backupSchedule", inputs);
    const made = () => schedule.up(inputs);
    const removed = () => schedule.destroy();
    expect(await cutEverywhere(host, made, removed)).toEqual(Array(4).fill("systemctl"));
    await made();
    const changed = () => schedule.up({ ...inputs, schedule: "weekly", retention: undefined });
    expect(await cutEverywhere(host, changed, made)).toEqual(Array(4).fill("systemctl"));
    expect(await cutEverywhere(host, removed, made)).toEqual(Array(3).fill("systemctl"));
    await removed();
    // It was under a policy, and never backed up.
    await thin.up({ ...thin.inputs, deleteUnverified: true });
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
