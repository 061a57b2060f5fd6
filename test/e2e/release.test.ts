import { randomBytes } from "node:crypto";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, sh, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { existingTarget } from "./stacks/existing-target.js";

const [host] = labHosts() as [LabHost];
const server = labS3();
const masterKey = randomBytes(32).toString("base64");

const tagsOf = (lv: string): Promise<string> => shOk(host, `lvs --noheadings -o lv_tags fast/${lv}`);
const isActive = async (lv: string): Promise<boolean> =>
  (await shOk(host, `lvs --noheadings -o lv_active fast/${lv}`)).includes("active");
const attachmentFile = (microVm: string) => sh(host, `cat /var/lib/pulumi-lvm/attachments/${microVm}.json`);

describe("a stack that shares what it has, and a lease whose stack is gone", () => {
  let owner: Deployment;
  let before: string;
  const withAttachments = (attachments: NonNullable<Spec["attachments"]>): Spec => ({
    ...oneHost(host),
    existingTargets: { offsite: { ...existingTarget(server, "of-the-owner"), masterKey: { secret: "masterKey" } } },
    volumes: {
      data: { pool: "pool", size: "256MiB", deletionPolicy: "delete", deleteUnverified: true },
      wal: { pool: "pool", size: "128MiB", deletionPolicy: "delete" },
    },
    attachments: { "db-wal": { volume: "wal", microVm: "db", microVmHost: "node" }, ...attachments },
    share: ["data", "pool", "offsite"],
  });
  const release = (word: string, typed: string, ...options: string[]) =>
    pulumiLvm(owner, ["release", word, ...options], {}, typed);

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    owner = await Deployment.open("release", { secrets: { s3: server.secretAccessKey, masterKey } });
    changesOf(await owner.up(withAttachments({})));
    const gone = await Deployment.open("gone");
    const volume = { stack: owner.stackName, ref: "data" };
    changesOf(await gone.up({ hosts: {}, attachments: { lost: { volume, microVm: "lost" } } }));
    await gone.close();
    expect(await tagsOf("data")).toContain("pulumi-lvm.microvm=lost");
  });
  afterAll(() => owner.close());

  test("is not released by a word that names none, or while its own stack is there", async () => {
    const nothing = await release("nothing", "", "--yes");
    expect(nothing.stderr).toMatch(
      /^error: Cannot find attachment "nothing" on the stack's hosts\nThere is: .* of fast\/data to microVM "lost", by organization\/e2e\/gone-\w+\/attachment\/lost/,
    );
    expect(nothing.code).toBe(2);
    const own = await release("db-wal", "", "--yes");
    expect(own.stderr).toMatch(/^error: Cannot release attachment \S+: it is \S+\/attachment\/db-wal of this stack\n/);
    expect(own.code).toBe(2);
  });

  test("nor while its device is open, nor when another name is typed, or none", async () => {
    const holder = shOk(host, "sleep 300 </dev/fast/data & echo $! >/run/holder; wait || :", { timeoutMs: 300_000 });
    await shOk(host, "until lvs --noheadings -o lv_device_open fast/data | grep -q open; do :; done");
    const open = await release("lost", "fast/data\n");
    expect(open.stderr).toContain('the device of volume "fast/data" is held open\nStop microVM "lost" first');
    expect(open.code).toBe(2);
    await shOk(host, "kill $(cat /run/holder); rm /run/holder");
    await holder;
    for (const typed of ["fast/wal\n", ""]) {
      const { stderr, code } = await release("lost", typed);
      expect(stderr).toMatch(/Type fast\/data to go on: \nerror: Nothing was done: /);
      expect(code).toBe(2);
    }
    expect(await tagsOf("data")).toContain("pulumi-lvm.microvm=lost");
  });

  test("is released when the name is typed back: the log says so, and the volume can be attached again", async () => {
    const { stdout, code } = await release("lost", "fast/data\n", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ released: { microVm: "lost", volumeName: "data" } });
    expect((await attachmentFile("lost")).code).not.toBe(0);
    expect(await isActive("data")).toBe(false);
    const { logs } = await jsonOf<{ logs: { events: { action: string; outcome: string }[] }[] }>(owner, "events");
    expect(logs[0]?.events.slice(-3).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "release refused",
      "release begun",
      "release done",
    ]);
    changesOf(await owner.up(withAttachments({ "db-data": { volume: "data", microVm: "db" } })));
    expect(await tagsOf("data")).toContain("pulumi-lvm.microvm=db");
  });

  test("a preview that grows a volume shows it alone, and not what is on it", async () => {
    const spec = withAttachments({ "db-data": { volume: "data", microVm: "db" } });
    const data = { ...spec.volumes?.["data"], size: "300MiB" };
    const outcome = await owner.preview({ ...spec, volumes: { ...spec.volumes, data } });
    const { same, ...changes } = changesOf(outcome);
    expect(same).toBeGreaterThan(5);
    expect(changes).toEqual({ update: 1 });
  });

  test("another stack makes a volume in its pool, and schedules backups of its volume to its target", async () => {
    const shared = (ref: string) => ({ stack: owner.stackName, ref });
    const guest = await Deployment.open("guest");
    const volumes = { borrowed: { pool: shared("pool"), size: "64MiB", deletionPolicy: "delete" } };
    const nightly = { volumes: { data: shared("data") }, target: shared("offsite"), schedule: "daily" };
    changesOf(await guest.up({ hosts: {}, volumes, policies: { nightly } }));
    expect(await shOk(host, "lvs --noheadings -o pool_lv fast/borrowed")).toContain("pool");
    expect(await shOk(host, "cat /etc/pulumi-lvm/schedules/*.json")).toContain("of-the-owner");
    for (const secret of [masterKey, server.secretAccessKey]) expect(guest.stateFile()).not.toContain(secret);
    changesOf(await guest.destroy());
    await guest.close();
  });

  test("destroy leaves nothing behind", async () => {
    changesOf(await owner.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
