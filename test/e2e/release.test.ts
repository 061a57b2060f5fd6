import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [host] = labHosts() as [LabHost];

const tagsOf = (lv: string): Promise<string> => shOk(host, `lvs --noheadings -o lv_tags fast/${lv}`);
const isActive = async (lv: string): Promise<boolean> =>
  (await shOk(host, `lvs --noheadings -o lv_active fast/${lv}`)).includes("active");
const attachmentFile = (microVm: string) => sh(host, `cat /var/lib/pulumi-lvm/attachments/${microVm}.json`);

describe("a lease whose stack is gone", () => {
  let owner: Deployment;
  let before: string;
  const withAttachments = (attachments: NonNullable<Spec["attachments"]>): Spec => ({
    ...oneHost(host),
    volumes: {
      data: { pool: "pool", size: "256MiB", deletionPolicy: "delete" },
      wal: { pool: "pool", size: "128MiB", deletionPolicy: "delete" },
    },
    attachments: { "db-wal": { volume: "wal", microVm: "db", microVmHost: "node" }, ...attachments },
    share: ["data"],
  });
  const release = (word: string, typed: string, ...options: string[]) =>
    pulumiLvm(owner, ["release", word, ...options], {}, typed);

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    owner = await Deployment.open("release");
    changesOf(await owner.up(withAttachments({})));
    const gone = await Deployment.open("gone");
    const volume = { stack: owner.stackName, volume: "data" };
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

  test("destroy leaves nothing behind", async () => {
    changesOf(await owner.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
