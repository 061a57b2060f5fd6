import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, powerCut, sh, startHost } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, PASSWORD, type Point, succeeded, type Volume } from "./backup-host.js";
import { COMMANDS, faultsOn } from "./faults.js";

const [, host] = labHosts() as [LabHost, LabHost];
const on = new BackupHost(host);
const { armWrappers, arm, disarm } = faultsOn(on);
let volume: Volume;
let first: Point;

/** A backup after a fault succeeds by itself and leaves nothing behind; what it made is right. */
async function expectRecovery(of: Volume = volume): Promise<Point> {
  const point = await of.backup();
  expect(await on.leftovers()).toBe("");
  await on.sh(`test ! -e ${of.state}/running`);
  return point;
}

beforeAll(async () => {
  await on.open();
  volume = await on.volume("data", "64MiB");
  await volume.write(0, 9000);
  first = await volume.backup();
  await on.sh(`cp --sparse=always ${volume.device} ${volume.copy("first")}`);
});
afterAll(async () => {
  try {
    await disarm();
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("killed behind any of its commands: the next run succeeds", async () => {
  await armWrappers();
  const commands: string[] = [];
  for (let nth = 1; nth < 30; nth += 1) {
    await volume.write(nth * 1024, 64);
    await arm("kill", nth);
    const cut = await sh(host, `/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup backup`, {
      input: JSON.stringify(volume.backupRequest),
    });
    const ran = (await on.sh("cat /run/lab-fault-log")).trim().split("\n");
    await on.sh("rm -f /run/lab-fault-after");
    if (cut.code === 0) break;
    commands.push(ran.at(-1)?.split(" ").slice(0, 2).join(" ") ?? "");
    await expectRecovery();
  }
  await disarm();
  const names = commands.map((command) => command.split(" ")[0]);
  for (const name of COMMANDS) expect(names).toContain(name);
});

test.each([
  ["while the pool's metadata is reserved", "thin_delta"],
  ["while restic reads", "restic"],
  ["before the old base goes", "lvremove"],
])("the host's power is cut %s: the next run succeeds", async (_, command) => {
  await armWrappers();
  await on.sh(
    `for name in ${COMMANDS.join(" ")}; do [ $name = ${command} ] || rm -f /usr/local/sbin/$name; done; sync`,
  );
  await volume.write(30_000, 64);
  // restic is called once before it reads the view.
  await arm("hold", command === "restic" ? 2 : 1);
  const cut = volume.tryBackup().catch(() => undefined);
  await until(`the backup is at ${command}`, async () => (await sh(host, "test -e /run/lab-fault-held")).code === 0);
  await powerCut(host);
  await cut;
  await startHost(host);
  await disarm();
  await on.sh("lvchange -ay fast/data");
  await expectRecovery();
});

test("the base deleted by hand: all is read, and it says why", async () => {
  await on.sh(`lvs --noheadings -o lv_full_name,lv_tags | awk '/backup-of=/ { print $1 }' | xargs lvremove -q -y`);
  expect((await expectRecovery()).full).toBe("the base snapshot is gone");
  expect((await volume.backup()).full).toBeUndefined();
});

test("a record of the base that cannot be read: all is read, and it says why", async () => {
  await on.sh(`truncate -s 100 ${volume.state}/base.json`);
  expect((await expectRecovery()).full).toBe("the record of the base cannot be read");
});

test("a repository that is gone is a failure until told to start over, and nothing is made meanwhile", async () => {
  // One of its own: what the other tests have backed up must be there at the end.
  const gone = await on.volume("gone", "32MiB");
  await gone.write(0, 1000);
  const last = await gone.backup();
  await on.sh(`mv ${gone.repository} ${gone.repository}.old`);
  for (let time = 0; time < 2; time += 1) {
    const { failure } = await gone.tryBackup();
    expect(failure).toMatchObject({ code: "lost", next: expect.stringContaining(`${gone.id} --now --start-over`) });
    expect(failure?.detail).toMatch(new RegExp(`^the repository is gone, .*${last.id}`));
  }
  expect((await on.run("list", gone.backupRequest)).failure).toMatchObject({ code: "lost" });
  expect(await on.sh(`ls -d ${gone.repository} 2>/dev/null || :`)).toBe("");
  expect(await gone.status()).toMatchObject({
    lastAttempt: { failure: { code: "lost" } },
    repository: { points: 0 },
  });
  // Back as it was, nothing was lost.
  await on.sh(`mv ${gone.repository}.old ${gone.repository}`);
  expect((await expectRecovery(gone)).full).toBeUndefined();
  await on.sh(`mv ${gone.repository} ${gone.repository}.old`);
  const anew = await gone.backup({ startOver: true });
  expect(anew.full).toMatch(/^the repository has lost recovery point /);
  expect(await gone.status()).toMatchObject({ repository: { points: 1 } });
  expect((await gone.backup()).full).toBeUndefined();
  expect(await on.sh("cat /var/lib/pulumi-lvm/metrics/*.prom")).toMatch(
    new RegExp(`^pulumi_lvm_backup_recovery_points\\{.*${gone.id}.*\\} 2$`, "m"),
  );
  await on.sh(`rm -rf ${gone.repository}.old`);
});

test("a recovery point that somebody removed is a failure until told to start over; one that was forgotten is none", async () => {
  const removed = await volume.backup();
  const kept = await volume.backup();
  await on.sh(`export RESTIC_PASSWORD=${PASSWORD} RESTIC_REPOSITORY=${volume.repository}
restic -q --no-cache forget $(restic -q --no-cache snapshots --json --tag point=${removed.id} | jq -r '.[].id')`);
  const { failure } = await volume.tryBackup();
  expect(failure).toMatchObject({ code: "lost", detail: expect.stringContaining(removed.id) });
  expect(failure?.detail).not.toContain(kept.id);
  expect((await volume.backup({ startOver: true })).full).toBeUndefined();
  expect((await on.run("forget", { ...volume.request, recoveryPoint: kept.id })).outcome).toEqual({ forgotten: true });
  await expectRecovery();
});

test("two at once: the second says who holds the lease since when, and waits if it is told to", async () => {
  const running = volume.backup();
  await until("a backup is under way", async () => (await sh(host, `test -e ${volume.state}/running`)).code === 0);
  const [refused, waited] = await Promise.all([volume.tryBackup(), volume.tryBackup({ limits: { waitSeconds: 120 } })]);
  expect(refused.failure).toMatchObject({
    code: "busy",
    detail: expect.stringMatching(
      /^a backup of volume [-0-9a-f]{36} \(process \d+, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\) holds /,
    ),
  });
  expect(succeeded(waited).number).toBe((await running).number + 1);
});

test("the clock set back: the next backup is the latest, and sends what changed", async () => {
  await volume.write(50_000, 64);
  const before = await volume.backup();
  await on.sh("date -s '2020-01-01 00:00:00' >/dev/null");
  try {
    await volume.write(1_000, 64);
    const point = await volume.backup();
    expect(point).toMatchObject({
      changedSegments: 1,
      number: before.number + 1,
      time: expect.stringMatching(/^2020-01-01T/),
    });
    const { device, ...restored } = await on.restore(volume, "latest", 64);
    expect(succeeded(restored).digest).toBe(point.digest);
    await on.sh(`cmp ${device} ${volume.device}`);
  } finally {
    await on.sh(`date -s @${Math.floor(Date.now() / 1000)} >/dev/null`);
  }
});

test("the deadline over, and a signal: the run ends, says so in the status, and leaves nothing", async () => {
  await volume.write(10_000, 30_000);
  const late = await volume.tryBackup({ limits: { deadlineSeconds: 8, uploadKiBps: 64 } });
  expect(late.failure).toMatchObject({ code: "deadline", detail: "the deadline of 8 s is over" });
  expect((await volume.status()).lastAttempt).toMatchObject({ isSuccess: false, failure: { code: "deadline" } });
  // restic knows of its own lock 200 ms after it made it: ended before that, it leaves it to the next run.
  expect((await on.leftovers()).replace(/^\S+\/locks\/\S+\n/gm, "")).toBe("");
  const stopped = volume.tryBackup({ limits: { uploadKiBps: 64 } });
  await until("restic reads", async () => (await sh(host, "pgrep -f 'restic.* backup' >/dev/null")).code === 0);
  await on.sh("pkill -TERM -o -f pulumi-lvm/.*/backup");
  expect((await stopped).failure).toMatchObject({ code: "stopped", detail: "it was stopped by SIGTERM" });
  expect((await on.leftovers()).replace(/^\S+\/locks\/\S+\n/gm, "")).toBe("");
  await expectRecovery();
});

test("a pool that is too full, and another tool's reservation: an error before anything is made, in words", async () => {
  const { failure } = await volume.tryBackup({ poolFullPercent: 1 });
  expect(failure).toMatchObject({
    code: "full",
    detail: expect.stringMatching(/^thin pool "fast\/pool": its .*data is [\d.]+ % full/),
  });
  await on.sh("dmsetup message fast-pool-tpool 0 reserve_metadata_snap");
  try {
    expect((await volume.tryBackup()).failure).toMatchObject({ code: "reserved" });
  } finally {
    await on.sh("dmsetup message fast-pool-tpool 0 release_metadata_snap");
  }
  expect(await on.leftovers()).toBe("");
});

const FULL_POOL = /thin pool "fast\/pool": its data is 100\.00 % full, .*what is written now takes new room/;
const GROW_POOL =
  /^Grow the pool \('lvextend -L \+SIZE fast\/pool', or size and metadataSize of the ThinPool\), or delete/m;

test("a pool that gets full meanwhile: the backup ends well or says so, and the pool's room comes back", async () => {
  await volume.write(0, 20_000);
  // Both at once: a pool that is full takes no new volume.
  await on.sh(`lvcreate -q -y -V 4G --thinpool pool -n filler fast >/dev/null
lvcreate -q -y -V 1G --thinpool pool -n filler2 fast >/dev/null; lvchange -q --errorwhenfull y fast/pool
touch /run/lab-fill; (dd if=/dev/zero of=/dev/fast/filler bs=1M oflag=direct status=none) >/dev/null 2>&1 &`);
  const during = await volume.tryBackup();
  if (during.failure) expect(during.failure.next).not.toBe("");
  // Full while the backup ran, the pool may have room again: the backup gave its snapshot back. So the rest is filled too.
  await until("the first filler is done", async () => (await sh(host, "pgrep -x dd")).code !== 0, 400_000);
  await on.sh("dd if=/dev/zero of=/dev/fast/filler2 bs=1M oflag=direct status=none 2>/dev/null || :");
  expect(await on.sh("lvs --noheadings -o lv_health_status fast/pool")).toContain("out_of_data");
  expect((await volume.tryBackup()).failure).toMatchObject({
    code: "full",
    detail: expect.stringMatching(FULL_POOL),
    next: expect.stringMatching(GROW_POOL),
  });
  // A volume is refused in the same words.
  const late = on.volume("late", "8MiB");
  await expect(late).rejects.toThrow(FULL_POOL);
  await expect(late).rejects.toThrow(GROW_POOL);
  await on.sh("lvremove -q -y fast/filler fast/filler2");
  await expectRecovery();
});

test("after all that, the first recovery point restores byte for byte", async () => {
  const { device, ...restored } = await on.restore(volume, first.id, 64);
  expect(succeeded(restored).digest).toBe(first.digest);
  await on.sh(`cmp ${device} ${volume.copy("first")}`);
});
