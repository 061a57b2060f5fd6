import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { connectionTo, oneHost, type Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [host] = labHosts() as [LabHost];

const lvNames = async (): Promise<string[]> =>
  (await shOk(host, "lvs --noheadings -o lv_name 2>/dev/null"))
    .split("\n")
    .map((name) => name.trim())
    .filter(Boolean);
const reap = (): Promise<string> => shOk(host, "systemctl start pulumi-lvm-reap.service");
/** Lets all grace periods end, as time would. */
const endGrace = (): Promise<string> =>
  shOk(
    host,
    `lvs --noheadings -o vg_name,lv_name,lv_tags | while read -r vg lv tags; do
       for tag in $(echo "$tags" | tr , ' '); do
         case $tag in pulumi-lvm.reap-after=*) lvchange -q --deltag "$tag" --addtag pulumi-lvm.reap-after=1 "$vg/$lv" </dev/null;; esac
       done
     done`,
  );

describe("deletion", () => {
  let deployment: Deployment;
  let before: string;
  const spec = oneHost(host);

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("deletion");
  });
  afterAll(() => deployment.close());

  const fill = (path: string, text: string) =>
    shOk(host, `lvchange -ay ${path}; echo ${text} | dd of=/dev/${path} conv=fsync status=none; lvchange -an ${path}`);

  test("a deleted volume is kept for its grace period, inactive and under another name", async () => {
    spec.volumes = {
      data: { pool: "pool", size: "64MiB" },
      kept: { pool: "pool", size: "64MiB", deletionPolicy: "retain" },
    };
    changesOf(await deployment.up(spec));
    await fill("fast/data", "precious");
    changesOf(await deployment.up({ ...spec, volumes: {} }));
    const names = await lvNames();
    expect(names).toEqual([expect.stringMatching(/^data\.deleted\.\d+$/), "kept", "pool"]);
    const row = await shOk(host, `lvs --noheadings -o lv_active,lv_tags fast/${names[0]}`);
    const deadline = Number(/reap-after=(\d+)/.exec(row)?.[1]);
    expect(deadline - Date.now() / 1000).toBeGreaterThan(6.9 * 86_400);
    expect(row).not.toContain("pulumi-lvm.owner=");
  });

  test("the reaper leaves it alone before its time", async () => {
    await reap();
    expect(await lvNames()).toHaveLength(3);
  });

  test("it comes back by adopt, with its data and its id; so does a retained one", async () => {
    const [tombstone, retained] = (await shOk(host, "lvs --noheadings -o lv_uuid,lv_tags -S 'lv_role=public' fast"))
      .split("\n")
      .map((row) => row.trim().split(/\s+/));
    const id = /pulumi-lvm\.id=([0-9a-f-]+)/.exec(tombstone?.[1] ?? "")?.[1];
    spec.volumes = {
      data: { pool: "pool", size: "64MiB", adopt: tombstone?.[0] },
      kept: { pool: "pool", size: "64MiB", adopt: retained?.[0], deletionPolicy: "delete" },
    };
    changesOf(await deployment.up(spec));
    expect((await deployment.state())["data"]?.id).toBe(id);
    expect(await shOk(host, "lvchange -ay fast/data; head -c 8 /dev/fast/data; lvchange -an fast/data")).toBe(
      "precious",
    );
    expect(await lvNames()).toEqual(["data", "kept", "pool"]);
    expect(await shOk(host, "lvs --noheadings -o lv_tags fast")).not.toMatch(/reap-after|retained/);
    expect(changesOf(await deployment.up())).toEqual({ same: 6 });
  });

  test("a replacement asked for by hand keeps the old data as a tombstone and makes a new volume", async () => {
    // Adopted is adopted: with the UUID still in the program, the new one would be the old one again.
    spec.volumes = {
      data: { pool: "pool", size: "64MiB" },
      kept: { pool: "pool", size: "64MiB", deletionPolicy: "delete" },
    };
    expect(changesOf(await deployment.up(spec))).toEqual({ same: 6 });
    const { id, urn } = (await deployment.state())["data"] as unknown as { id: string; urn: string };
    changesOf(await deployment.up(undefined, { replace: [urn] }));
    expect((await deployment.state())["data"]?.id).not.toBe(id);
    const names = await lvNames();
    expect(names).toEqual(["data", expect.stringMatching(/^data\.deleted\./), "kept", "pool"]);
    expect(
      await shOk(host, `lvchange -ay fast/${names[1]}; head -c 8 /dev/fast/${names[1]}; lvchange -an fast/${names[1]}`),
    ).toBe("precious");
  });

  test("destroy with a grace period keeps pool, volume group and reaper until the last volume is reaped", async () => {
    changesOf(await deployment.destroy());
    expect((await lvNames()).filter((name) => name.includes(".deleted."))).toHaveLength(2);
    await reap();
    expect(await lvNames()).toHaveLength(3);
    await endGrace();
    await reap();
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("what cannot be seen is not taken for gone: deleted volumes outlive an lvs that fails", async () => {
    spec.volumes = { data: { pool: "pool", size: "64MiB" } };
    changesOf(await deployment.up(spec));
    // lvs is a link to lvm. The look at the start of a step goes well, as it asks for the free room of the groups; any other fails.
    await shOk(
      host,
      `mv /usr/sbin/lvs /usr/sbin/lvs.away
       printf '#!/bin/sh\ncase "$*" in *vg_free*) exec /usr/sbin/lvm lvs "$@" ;; esac\nexit 5\n' >/usr/sbin/lvs
       chmod 755 /usr/sbin/lvs`,
    );
    try {
      await deployment.destroy();
      await sh(host, "systemctl start pulumi-lvm-reap.service");
    } finally {
      await shOk(host, "mv /usr/sbin/lvs.away /usr/sbin/lvs");
    }
    expect(await lvNames()).toEqual([expect.stringMatching(/^data\.deleted\./), "pool"]);
    await shOk(host, "systemctl is-active pulumi-lvm-reap.timer");
    changesOf(await deployment.destroy());
    await endGrace();
    await reap();
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("a deleted volume is purged before its time when its name is typed back, and no other, and not while it is open", async () => {
    spec.volumes = { data: { pool: "pool", size: "64MiB" }, live: { pool: "pool", size: "64MiB" } };
    changesOf(await deployment.up(spec));
    delete spec.volumes["data"];
    changesOf(await deployment.up(spec));
    const tombstone = `fast/${(await lvNames())[0]}`;
    const live = await pulumiLvm(deployment, ["purge", "fast/live", "--yes"]);
    expect(live.stderr).toMatch(
      /^error: Cannot find deleted volume "fast\/live" on the stack's hosts\nThere is: \S+ is fast\/data\.deleted\./,
    );
    expect((await pulumiLvm(deployment, ["purge", tombstone], {}, "fast/data\n")).code).toBe(2);
    await shOk(host, `lvchange -ay ${tombstone}; sleep 300 </dev/${tombstone} >/dev/null 2>&1 & echo $! >/run/holder`);
    await shOk(host, `until lvs --noheadings -o lv_device_open ${tombstone} | grep -q open; do :; done`);
    const open = await pulumiLvm(deployment, ["purge", tombstone, "--yes"]);
    expect(open.stderr).toContain(`logical volume "${tombstone}" is in use`);
    expect(open.code).toBe(2);
    await shOk(host, "kill $(cat /run/holder); rm /run/holder");
    expect(await lvNames()).toHaveLength(3);
    const purged = await pulumiLvm(deployment, ["purge", tombstone], {}, `${tombstone}\n`);
    expect(purged).toMatchObject({ code: 0, stdout: `Purged ${tombstone} on host "node"\n` });
    expect(await lvNames()).toEqual(["live", "pool"]);
    const { logs } = await jsonOf<{ logs: { events: { action: string; outcome: string }[] }[] }>(deployment, "events");
    expect(logs[0]?.events.slice(-3).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "purge refused",
      "purge begun",
      "purge done",
    ]);
    changesOf(await deployment.destroy());
    await endGrace();
    await reap();
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("the reaper removes no thin pool, whatever its tags say", async () => {
    spec.volumes = { data: { pool: "pool", size: "64MiB" } };
    changesOf(await deployment.up(spec));
    await shOk(host, "lvchange -q --addtag pulumi-lvm.reap-after=1 fast/pool");
    await reap();
    expect(await lvNames()).toEqual(["data", "pool"]);
    await shOk(host, "lvchange -q --deltag pulumi-lvm.reap-after=1 fast/pool");
    changesOf(await deployment.destroy());
    await endGrace();
    await reap();
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("a pool that only waits for its volumes is taken back by the next up", async () => {
    spec.volumes = { data: { pool: "pool", size: "64MiB" } };
    changesOf(await deployment.up(spec));
    changesOf(await deployment.destroy());
    spec.volumes = {};
    changesOf(await deployment.up(spec));
    expect(await shOk(host, "lvs --noheadings -o lv_tags; vgs --noheadings -o vg_tags")).not.toContain("leaving");
    await endGrace();
    await reap();
    expect(await lvNames()).toEqual(["pool"]);
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });

  test("a pool or a volume group that holds something of others is not removed", async () => {
    changesOf(await deployment.up(spec));
    await shOk(host, "lvcreate -q -y -V 64M --thinpool pool -n theirs fast");
    expect(refusalOf(await deployment.destroy())).toContain('thin pool "fast/pool" holds theirs');
    expect(await lvNames()).toEqual(["pool", "theirs"]);
    await shOk(host, "lvremove -q -y fast/theirs");
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});

describe("two stacks on one host", () => {
  test("the first to leave takes nothing that the other needs", async () => {
    await resetHost(host);
    const before = await hostFingerprint(host);
    const [one, two] = await Promise.all([Deployment.open("one"), Deployment.open("two")]);
    const specOf = (disk: number, name: string): Spec => ({
      hosts: { node: { connection: connectionTo(host) as Record<string, unknown> } },
      groups: { [name]: { host: "node", disks: [host.disks[disk]] } },
      pools: { [`${name}-pool`]: { volumeGroup: name, size: "512MiB" } },
      volumes: { [`${name}-data`]: { pool: `${name}-pool`, size: "64MiB", deletionPolicy: "delete" } },
      attachments: { [`${name}-lease`]: { volume: `${name}-data`, microVm: name } },
    });
    const outcomes = await Promise.all([one.up(specOf(0, "left")), two.up(specOf(1, "right"))]);
    for (const outcome of outcomes) changesOf(outcome);
    expect((await shOk(host, "ls /var/lib/pulumi-lvm/owners")).trim().split("\n")).toHaveLength(2);
    changesOf(await one.destroy());
    await shOk(
      host,
      "systemctl is-active --quiet pulumi-lvm-reap.timer && test -x /usr/local/lib/pulumi-lvm/current/reap",
    );
    expect(await shOk(host, "lvs --noheadings -o lv_active right/right-data")).toContain("active");
    await shOk(host, "test -f /var/lib/pulumi-lvm/attachments/right.json");
    expect(changesOf(await two.refresh())).toEqual({ same: 6 });
    changesOf(await two.destroy());
    expect(await hostFingerprint(host)).toBe(before);
    await one.close();
    await two.close();
  });
});
