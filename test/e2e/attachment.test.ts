import { hostFingerprint, type LabHost, labHosts, reboot, resetHost, sh, shOk } from "../lab/index.js";
import { connectionTo, oneHost, type Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [host, other] = labHosts() as [LabHost, LabHost];

const tagsOf = (lv: string): Promise<string> => shOk(host, `lvs --noheadings -o lv_tags fast/${lv}`);
const isActive = async (lv: string): Promise<boolean> =>
  (await shOk(host, `lvs --noheadings -o lv_active fast/${lv}`)).includes("active");
const attachmentFile = (microVm: string) => sh(host, `cat /var/lib/pulumi-lvm/attachments/${microVm}.json`);

/** Names of an attachment's inputs. */
const INPUTS = ["host", "owner", "volumeId", "volumeGroup", "volumeName", "microVm", "driveId", "isRootDevice"];

describe("Attachment", () => {
  let owner: Deployment;
  let rival: Deployment;
  let before: string;
  const spec = oneHost(host);
  spec.volumes = {
    data: { pool: "pool", size: "256MiB", deletionPolicy: "delete" },
    wal: { pool: "pool", size: "128MiB", deletionPolicy: "delete" },
  };
  const withAttachments = (attachments: NonNullable<Spec["attachments"]>): Spec => ({ ...spec, attachments });

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    owner = await Deployment.open("owner");
    rival = await Deployment.open("rival");
  });
  afterAll(async () => {
    await rival.close();
    await owner.close();
  });

  test("a microVM whose host is another one is refused at the first preview, which says where the volume is", async () => {
    const wrong = withAttachments({ db: { volume: "data", microVm: "db", microVmHost: "elsewhere" } });
    const output = refusalOf(await owner.preview(wrong));
    expect(output).toContain('microVM "db" runs on host "elsewhere", and volume "data" is on host "node"');
  });

  test("placement names the one host at preview, and refuses volumes of two", async () => {
    const two: Spec = {
      ...spec,
      hosts: { ...spec.hosts, far: { connection: connectionTo(other) as Record<string, unknown> } },
      groups: { ...spec.groups, slow: { host: "far", disks: [other.disks[0]] } },
      volumes: { ...spec.volumes, away: { volumeGroup: "slow", size: "64MiB" } },
    };
    const good = await owner.preview({ ...two, placements: { app: ["data", "wal"] } });
    changesOf(good);
    expect(good.output).toMatch(/app-placement\s*: \{\s*\+? *host: "node"/);
    const output = refusalOf(await owner.preview({ ...two, placements: { app: ["data", "away"] } }));
    expect(output).toContain('its volumes are on different hosts: "data" is on host "node", "away" is on host "far"');
  });

  test("two drives of one id, or two root devices, of a microVM are refused at the first preview", async () => {
    const two = (more: Record<string, unknown>) =>
      withAttachments({
        "db-data": { volume: "data", microVm: "db", driveId: "disk", isRootDevice: true },
        "db-wal": { volume: "wal", microVm: "db", ...more },
      });
    expect(refusalOf(await owner.preview(two({ driveId: "disk" })))).toContain('microVM "db" has drive "disk" already');
    expect(refusalOf(await owner.preview(two({ isRootDevice: true })))).toContain(
      'microVM "db" has a root device already',
    );
    changesOf(await owner.preview(two({})));
  });

  test("up attaches: the lease is on the volume, the device is active, the microVM's file is there", async () => {
    const attached = withAttachments({
      "db-data": { volume: "data", microVm: "db", isRootDevice: true },
      "db-wal": { volume: "wal", microVm: "db", microVmHost: "node" },
    });
    changesOf(await owner.up({ ...attached, share: ["data"] }));
    expect(await tagsOf("data")).toContain("pulumi-lvm.microvm=db");
    expect(await isActive("data")).toBe(true);
    const drive = (id: string, isRoot: boolean) => ({
      drive_id: id,
      path_on_host: `/dev/fast/${id}`,
      is_root_device: isRoot,
      is_read_only: false,
      cache_type: "Writeback",
    });
    const drives = JSON.parse((await attachmentFile("db")).stdout);
    expect(drives).toHaveLength(2);
    expect(drives).toEqual(expect.arrayContaining([drive("data", true), drive("wal", false)]));
    expect((await owner.outputs())["db-data-drive"]).toEqual(drive("data", true));
    expect(changesOf(await owner.refresh())).toEqual({ same: 8 });
    expect(changesOf(await owner.preview())).toEqual({ same: 8 });
  });

  test("a second attachment is refused at preview, in the same stack and in another", async () => {
    const second = withAttachments({
      "db-data": { volume: "data", microVm: "db", isRootDevice: true },
      "db-wal": { volume: "wal", microVm: "db", microVmHost: "node" },
      thief: { volume: "data", microVm: "thief" },
    });
    const words =
      /Volume "fast\/data" on host "node" is attached to microVM "db" by organization\/e2e\/owner-\w+\/attachment\/db-data/;
    expect(refusalOf(await owner.preview({ ...second, share: ["data"] }))).toMatch(words);
    const stolen: Spec = {
      hosts: {},
      attachments: { thief: { volume: { stack: owner.stackName, ref: "data" }, microVm: "thief" } },
    };
    expect(refusalOf(await rival.preview(stolen))).toMatch(words);
    expect(await tagsOf("data")).not.toContain("thief");
  });

  test("a change to a drive id or a root device that the microVM has is refused, at preview and on the host itself", async () => {
    const changed = (more: Record<string, unknown>) => ({
      ...withAttachments({
        "db-data": { volume: "data", microVm: "db", isRootDevice: true },
        "db-wal": { volume: "wal", microVm: "db", microVmHost: "node", ...more },
      }),
      share: ["data"],
    });
    const tags = await tagsOf("wal");
    const words = { driveId: 'drive "data" already', isRootDevice: "root device already" };
    const { resource } = await import("../../provider/index.js");
    const { id = "", outputs = {} } = (await owner.state())["db-wal"] ?? {};
    for (const [key, value] of Object.entries({ driveId: "data", isRootDevice: true })) {
      const word = words[key as keyof typeof words];
      expect(refusalOf(await owner.preview(changed({ [key]: value })))).toContain(word);
      // As another deployment meets it that has taken its preview before.
      const inputs = Object.fromEntries(INPUTS.map((name) => [name, outputs[name]]));
      await expect(resource("attachment").update(id, outputs, { ...inputs, [key]: value })).rejects.toThrow(
        `microVM "db" has volume "fast/data" as ${key === "driveId" ? 'drive "data"' : "its root device"} already`,
      );
    }
    expect(await tagsOf("wal")).toBe(tags);
    changesOf(await owner.up(changed({ driveId: "log" })));
    expect(await tagsOf("wal")).toContain("pulumi-lvm.drive=log");
    changesOf(await owner.up(changed({})));
    expect(await tagsOf("wal")).toContain("pulumi-lvm.drive=wal");
  });

  test("a delete of an attached volume is refused on the host itself", async () => {
    const volume = (await owner.state())["data"];
    const { resource } = await import("../../provider/index.js");
    await expect(resource("volume").delete(volume?.id ?? "", volume?.outputs ?? {})).rejects.toThrow(
      'Cannot delete volume "fast/data" on host "node": it is attached to microVM "db"\nRemove the Attachment first',
    );
    expect(await isActive("data")).toBe(true);
  });

  test("after a reboot of the host the attached volumes are active again, and nothing has to be done", async () => {
    await shOk(host, "rm /var/lib/pulumi-lvm/attachments/db.json");
    await reboot(host);
    expect(await isActive("data")).toBe(true);
    expect(await isActive("wal")).toBe(true);
    expect(JSON.parse((await attachmentFile("db")).stdout)).toHaveLength(2);
    expect(changesOf(await owner.refresh())).toEqual({ same: 8 });
    expect(changesOf(await owner.up())).toEqual({ same: 8 });
  });

  test("a device that was deactivated by hand is drift, and up activates it", async () => {
    await shOk(host, "lvchange -an fast/wal");
    expect(changesOf(await owner.refresh())).toEqual({ same: 7, update: 1 });
    expect(changesOf(await owner.up())).toEqual({ same: 7, update: 1 });
    expect(await isActive("wal")).toBe(true);
  });

  test("a device that is held open is not detached: the error says who to stop, and all stays as it is", async () => {
    const holder = shOk(host, "sleep 300 </dev/fast/data & echo $! >/run/holder; wait || :", { timeoutMs: 300_000 });
    await shOk(host, "until lvs --noheadings -o lv_device_open fast/data | grep -q open; do :; done");
    const detached = withAttachments({ "db-wal": { volume: "wal", microVm: "db", microVmHost: "node" } });
    const output = refusalOf(await owner.up({ ...detached, share: ["data"] }));
    expect(output).toContain(
      'Cannot detach volume "data" from microVM "db" on host "node": the device of volume "fast/data" is held open',
    );
    expect(output).toContain('Stop microVM "db" first');
    expect(await tagsOf("data")).toContain("pulumi-lvm.microvm=db");
    expect(JSON.parse((await attachmentFile("db")).stdout)).toHaveLength(2);
    await shOk(host, "kill $(cat /run/holder); rm /run/holder");
    await holder;
    changesOf(await owner.up());
    expect(await tagsOf("data")).not.toContain("pulumi-lvm.attachment");
    expect(await isActive("data")).toBe(false);
    expect(JSON.parse((await attachmentFile("db")).stdout)).toHaveLength(1);
  });

  test("two deployments that race for one volume: one wins, the other is told by whom it lost", async () => {
    const volume = { stack: owner.stackName, ref: "data" };
    const third = await Deployment.open("third");
    const spec = (name: string): Spec => ({ hosts: {}, attachments: { [name]: { volume, microVm: name } } });
    try {
      for (const round of [1, 2, 3]) {
        rival.declare(spec("left"));
        third.declare(spec("right"));
        const outcomes = await Promise.all([rival.up(), third.up()]);
        const winners = outcomes.filter(({ isOk }) => isOk);
        if (winners.length !== 1)
          throw new Error(`round ${round}: ${winners.length} won\n${outcomes.map(({ output }) => output).join("\n")}`);
        const loser = outcomes.find(({ isOk }) => !isOk);
        expect(loser?.output).toMatch(/is attached to microVM "(left|right)" by organization\/e2e\/(rival|third)-/);
        const name = outcomes[0]?.isOk ? "left" : "right";
        const tags = await tagsOf("data");
        expect(tags.match(/pulumi-lvm\.microvm=/g)).toHaveLength(1);
        expect(tags).toContain(`pulumi-lvm.microvm=${name}`);
        changesOf(await rival.destroy());
        changesOf(await third.destroy());
        expect(await tagsOf("data")).not.toContain("pulumi-lvm.microvm=");
      }
    } finally {
      await third.close();
    }
  });

  test("destroy detaches and leaves nothing behind", async () => {
    changesOf(await owner.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
