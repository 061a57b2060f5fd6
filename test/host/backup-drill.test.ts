import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, PASSWORD, succeeded, type Volume } from "./backup-host.js";
import { drillsOn, PROGRAMS } from "./drills.js";
import { scheduleDocument } from "./schedule-document.js";

const SEGMENT_BYTES = 4 * 2 ** 20;
const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const { drill, statusOf, marks, scratches, verifyNewest } = drillsOn(on);
/** 16 MiB of random bytes, and no file system. */
let plain: Volume;

beforeAll(async () => {
  await on.open("1GiB");
  plain = await on.volume("plain", "64MiB");
  await plain.write(0, 16 * 1024);
});
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

/** A mounted file system that is written to while it is backed up, as in a guest: what a power cut would leave. */
const writeFiles = (volume: Volume, make: string) => `${make} ${volume.device}; mkdir -p /mnt/lab
mount ${volume.device} /mnt/lab; dd if=/dev/urandom of=/mnt/lab/old bs=1M count=2 status=none; sync
for n in 1 2 3 4 5; do echo $n >/mnt/lab/$n; done; rm /mnt/lab/old; sync -f /mnt/lab`;

describe("a drill restores, compares and checks the file system", () => {
  test.each([
    ["ext4", "64MiB", "mkfs.ext4 -q"],
    ["xfs", "320MiB", "mkfs.xfs -q"],
  ])("%s, backed up while it was mounted", async (fileSystem, size, make) => {
    const volume = await on.volume(fileSystem, size);
    await on.sh(writeFiles(volume, make));
    const point = await volume.backup();
    await on.sh("umount /mnt/lab");
    expect(succeeded(await drill(volume))).toMatchObject({ fileSystem, digest: point.digest });
    expect((await statusOf(volume)).lastDrill).toMatchObject({ isSuccess: true, recoveryPoint: point.id, fileSystem });
    expect(await scratches()).toBe(0);
    // A file system whose own structure is gone: the bytes are right, and the drill still fails.
    await on.sh(
      fileSystem === "ext4"
        ? `debugfs -w -R 'clri <2>' ${volume.device} 2>/dev/null`
        : `xfs_db -x -c 'inode 128' -c 'write -d core.mode 0' ${volume.device} >/dev/null`,
    );
    const broken = await volume.backup();
    expect((await drill(volume)).failure).toMatchObject({ code: "filesystem" });
    const { lastDrill, lastDrillSuccess } = await statusOf(volume);
    expect(lastDrill).toMatchObject({ isSuccess: false, recoveryPoint: broken.id, fileSystem });
    expect(lastDrillSuccess).toMatchObject({ isSuccess: true, recoveryPoint: point.id });
    expect(await scratches()).toBe(0);
    await volume.destroy();
  });

  test("none; the recovery point is verified by that", async () => {
    const point = await plain.backup();
    expect(await marks(plain)).toEqual([[point.id, false]]);
    const outcome = succeeded(await drill(plain));
    expect(outcome).toMatchObject({ fileSystem: "none", digest: point.digest, bytesWritten: 16 * 2 ** 20 });
    expect(await marks(plain)).toEqual([[point.id, true]]);
    expect((await statusOf(plain)).lastDrill?.durationSeconds).toBeGreaterThan(0);
    expect(await on.leftovers()).toBe("");
  });
});

describe("the verification after a backup", () => {
  test("reads what no verified recovery point covers, and the part of all data that is due", async () => {
    await plain.write(4096, 64);
    await plain.write(20 * 1024, 64);
    const point = await plain.backup();
    const first = await verifyNewest(plain, { readDataWithinDays: 3 });
    expect(first).toMatchObject({
      outcome: { recoveryPoint: { id: point.id }, segments: 2, bytesCompared: 2 * SEGMENT_BYTES, dataParts: ["1/2"] },
    });
    expect((await marks(plain)).at(-1)).toEqual([point.id, true]);
    expect(await plain.status()).toMatchObject({ lastVerified: { recoveryPoint: point.id, pointTime: point.time } });
    // A run was missed: what it should have read is read now.
    await on.sh(`date=$(date -u -d '30 hours ago' +%Y-%m-%dT%H:%M:%SZ)
jq --arg date "$date" '.dataRead.cycleStarted = $date' ${plain.state}/status.json >/run/lab-status
cat /run/lab-status >${plain.state}/status.json; rm /run/lab-status`);
    const second = await verifyNewest(plain, { readDataWithinDays: 3 });
    expect(second).toMatchObject({ outcome: { segments: 0, bytesCompared: 0, dataParts: ["2/2"] } });
    expect((await statusOf(plain)).dataRead).toMatchObject({ next: 3, of: 2 });
  });

  test("all data is read within the days, however often the schedule runs, and when runs are missed", async () => {
    const gaps = await on.sh(`cd ${PROGRAMS}/backup; python3 - <<'END'
import random, dataclasses
from repository.data_read import next_part
HOUR = 3600
for days, every in ((1, HOUR), (7, HOUR), (30, HOUR), (30, 24 * HOUR), (30, 7 * 24 * HOUR), (3, 7 * 24 * HOUR), (365, 24 * HOUR), (400, HOUR)):
    read, worst, record, parts = {}, 0, None, 0
    for now in range(0, 3 * days * 24 * HOUR + 3 * every, every):
        now += random.Random(now).randrange(every // 10 + 1)
        while due := next_part(record, days, every * 11 // 10, now):
            parts = due.of
            worst = max(worst, now - read.get(due.next, now))
            read[due.next] = now
            record = dataclasses.replace(due, next=due.next + 1)
    assert len(read) == parts, (days, every)
    # A schedule that runs less often than that reads all of it each time.
    assert worst <= max(days * 24 * HOUR, every * 11 // 10), (days, every, worst)
    # Nothing is due twice, and what a long pause missed is due at once, the start of the next cycle behind it.
    pause, rest = now + 90 * days * 24 * HOUR, record.of - record.next + 1
    count = 0
    while due := next_part(record, days, every * 11 // 10, pause):
        record, count = dataclasses.replace(due, next=due.next + 1), count + 1
    assert count == max(0, rest) + 1, (days, every, count)
print("held")
END`);
    expect(gaps.trim()).toBe("held");
  });
});

test("a recovery point that somebody else marks meanwhile is drilled and marked all the same", async () => {
  const [newest] = (await marks(plain)).at(-1) as [string];
  // restic gives a snapshot another id with each tag.
  await on.sh(`cat >/usr/local/sbin/restic <<'END'
#!/bin/sh
case "$*" in
  *dump*manifest.json*)
    if [ ! -e /run/lab-tagged ]; then
      : >/run/lab-tagged
      /usr/bin/restic -q --no-cache tag --add lab=tagged --tag kind=manifest >/dev/null
    fi
    ;;
esac
exec /usr/bin/restic "$@"
END
chmod 755 /usr/local/sbin/restic`);
  try {
    expect(succeeded(await drill(plain))).toMatchObject({ recoveryPoint: { id: newest } });
  } finally {
    await on.sh("rm /usr/local/sbin/restic; rm /run/lab-tagged");
  }
  expect((await marks(plain)).at(-1)).toEqual([newest, true]);
  expect(await on.leftovers()).toBe("");
});

describe("a repository that restores wrong bytes", () => {
  const repository = () => plain.repository;
  const restic = (command: string) => `RESTIC_PASSWORD=${PASSWORD} restic -q --no-cache -r ${repository()} ${command}`;

  test("is found by a drill, also when restic finds nothing wrong with it, and nothing in it is trusted any more", async () => {
    const [newest] = (await marks(plain)).at(-1) as [string];
    const kept = plain.copy("repository");
    // The tree of another volume under the tags of this one's data, with one byte changed.
    await on.sh(`cp -a ${repository()} ${kept}
id=$(${restic("snapshots --json --tag kind=data")} | jq -r '.[] | select(.tags | index("point=${newest}")) | .id')
tags=$(${restic("snapshots --json")} | jq -r --arg id "$id" '.[] | select(.id == $id) | .tags | join(",")')
${restic('restore "$id" --target /var/tmp/backup-test/forged')}
printf x | dd of=/var/tmp/backup-test/forged/000000/00000000 bs=1 seek=5000 conv=notrunc status=none
cd /var/tmp/backup-test/forged; ${restic('backup --tag "$tags" .')}; ${restic('forget "$id"')}; ${restic("check")}`);
    const { failure } = await drill(plain);
    expect(failure).toMatchObject({ code: "mismatch", detail: expect.stringMatching(/^segment 0 has SHA-256 /) });
    expect((await statusOf(plain)).lastDrill).toMatchObject({ isSuccess: false, failure: { code: "mismatch" } });
    expect((await marks(plain)).at(-1)).toEqual([newest, false]);
    expect(await scratches()).toBe(0);
    // An older verification mark covers the segment. It does not count after that.
    expect((await verifyNewest(plain)).failure).toMatchObject({ code: "mismatch" });
    await on.sh(`rm -rf ${repository()}; mv ${kept} ${repository()}`);
    const sound = await verifyNewest(plain);
    expect(sound).toMatchObject({ outcome: { recoveryPoint: { id: newest }, segments: 5 } });
    expect((await marks(plain)).at(-1)).toEqual([newest, true]);
  });
});

describe("a drill that cannot be", () => {
  test("in a pool without room for the data nothing is made", async () => {
    // Fuller with data than with metadata, which the limit is for too.
    await on.sh(`lvcreate -q -y -V 160M --thinpool pool -n filler fast
dd if=/dev/zero of=/dev/fast/filler bs=1M oflag=direct status=none 2>/dev/null || :`);
    const used = Number(await on.sh("lvs --noheadings -o data_percent fast/pool"));
    const { failure, phases } = await drill(plain, { poolFullPercent: Math.floor(used) + 1 });
    expect(failure).toMatchObject({ code: "full", detail: expect.stringContaining("bytes of data free") });
    await on.sh("lvremove -q -y fast/filler");
    expect(phases).toEqual(["prepare"]);
    expect((await statusOf(plain)).lastDrill).toMatchObject({ isSuccess: false, failure: { code: "full" } });
  });

  test("of a volume outside of a thin pool says so", async () => {
    const linear = await on.volume("linear", "16MiB", false);
    expect((await drill(linear)).failure).toMatchObject({ code: "linear" });
  });
});

describe("a drill that is ended", () => {
  /** Starts a drill that takes half a minute, and does something to it while it restores. */
  const endWith = (end: string) =>
    on.sh(`(umask 077; cat >/run/lab-drill.json) <<'END'
${JSON.stringify(scheduleDocument(plain, { limits: { deadlineSeconds: 240, downloadKiBps: 512 } }))}
END
systemd-run --quiet --unit=lab-drill -p StandardInput=file:/run/lab-drill.json ${PROGRAMS}/pulumi-lvm-backup drill
for n in $(seq 200); do lvs --noheadings -o lv_device_open,lv_tags | grep drill-of= | grep -q '^ *open' && break; sleep 0.1; done
${end}
while systemctl is-active --quiet lab-drill; do sleep 0.1; done
systemctl reset-failed lab-drill 2>/dev/null || :; rm /run/lab-drill.json`);

  test("by a signal takes its volume away itself", async () => {
    await endWith("systemctl kill -s TERM --kill-who=main lab-drill");
    expect(await scratches()).toBe(0);
    expect((await statusOf(plain)).lastDrill).toMatchObject({ isSuccess: false, failure: { code: "stopped" } });
    expect(await on.leftovers()).toBe("");
  });

  test("by its deadline takes its volume away too; a verification and a restore end by theirs, and say nothing of the data", async () => {
    const before = await marks(plain);
    const limits = { deadlineSeconds: 15, downloadKiBps: 256 };
    const late = { code: "deadline", detail: "the deadline of 15 s is over" };
    const [newest] = before.at(-1) as [string];
    expect((await on.run("verify", { ...plain.request, limits })).failure).toMatchObject(late);
    expect((await on.restore(plain, newest, 64, { limits })).failure).toMatchObject(late);
    await on.dropScratch();
    expect((await drill(plain, { limits })).failure).toMatchObject(late);
    expect(await scratches()).toBe(0);
    expect((await statusOf(plain)).lastDrill).toMatchObject({ isSuccess: false, failure: { code: "deadline" } });
    expect(await marks(plain)).toEqual(before);
    expect((await on.leftovers()).replace(/^\S+\/locks\/\S+\n/gm, "")).toBe("");
    // A restic that was killed, as it took too long to end, has left a lock. It is stale, and none of what the next tests look for.
    await on.sh(`RESTIC_PASSWORD=${PASSWORD} restic -q -r ${plain.repository} unlock`);
  });

  test("by a kill leaves it to the next backup", async () => {
    await endWith("systemctl kill -s KILL --kill-who=main lab-drill");
    expect(await scratches()).toBe(1);
    await plain.backup();
    expect(await scratches()).toBe(0);
    expect(await on.leftovers()).toBe("");
  });

  test("or to the reaper, which leaves a drill under way alone", async () => {
    await on.sh(`lvcreate -q -y -V 4M --thinpool pool -n pulumi-lvm-drill-00000001 --addtag pulumi-lvm.drill-of=${plain.id} fast
flock /run/pulumi-lvm/drill-${plain.id}.lock systemctl start pulumi-lvm-reap.service`);
    expect(await scratches()).toBe(1);
    await on.sh("systemctl start pulumi-lvm-reap.service");
    expect(await scratches()).toBe(0);
  });
});
