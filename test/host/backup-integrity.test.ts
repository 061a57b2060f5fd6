import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, sh } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, PASSWORD, type Point, succeeded, type Volume } from "./backup-host.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
let volume: Volume;
let points: Point[];

beforeAll(async () => {
  await on.open();
  volume = await on.volume("data", "128MiB");
  await volume.write(0, 20 * 1024);
  points = [await volume.backup()];
  await volume.write(40 * 1024, 1024);
  points.push(await volume.backup());
});
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

const verify = (more: Record<string, unknown> = {}) =>
  on.run<{ recoveryPoint: { id: string; verified: string }; bytesCompared: number }>("verify", {
    ...volume.request,
    ...more,
  });
const list = async () =>
  succeeded(
    await on.run<{ recoveryPoints: { id: string; verified: string | null; name: string; host: string }[] }>(
      "list",
      volume.request,
    ),
  ).recoveryPoints;
const newest = () => points.at(-1)?.id ?? "";

describe("a sound repository", () => {
  test("is verified: all segments are compared, and the recovery point is marked for every host", async () => {
    const [first, second] = points as [Point, Point];
    expect((await on.restore(volume, "latest-verified", 128)).failure).toMatchObject({ code: "no-point" });
    const verified = succeeded(await verify({ recoveryPoint: first.id }));
    expect(verified.bytesCompared).toBe(20 * 2 ** 20);
    expect((await list()).map(({ id, verified, name }) => [id, verified === null, name])).toEqual([
      [first.id, false, "data"],
      [second.id, true, "data"],
    ]);
    expect((await volume.status()).lastVerified).toMatchObject({ recoveryPoint: first.id });
    // By mark, and by time.
    const marked = await on.restore(volume, "latest-verified", 128);
    expect(succeeded(marked).digest).toBe(first.digest);
    expect((await on.restore(volume, { atOrBefore: "2000-01-01T00:00:00Z" }, 128)).failure).toMatchObject({
      code: "no-point",
    });
  });

  test("status and metrics are there, and hold no secret", async () => {
    const metrics = await on.sh("cat /var/lib/pulumi-lvm/metrics/*.prom");
    expect(metrics).toMatch(
      /^pulumi_lvm_backup_last_attempt_success\{volume="[-0-9a-f]{36}",target="s3",name="data",stack="organization\/lab\/backup"\} 1$/m,
    );
    expect(metrics).toMatch(/^pulumi_lvm_backup_sent_bytes\{.*\} \d+$/m);
    expect(await on.sh(`grep -r ${PASSWORD} /var/lib/pulumi-lvm /run/pulumi-lvm || :`)).toBe("");
  });

  test("gets a new password, also when that was cut after the new one was added", async () => {
    const request = { ...volume.request, newPassword: "another" };
    const withNew = { ...volume.request, repository: { url: volume.repository, password: "another" } };
    await on.sh(
      `printf another >/run/new-password; RESTIC_PASSWORD=${PASSWORD} restic -q -r ${volume.repository} key add --new-password-file /run/new-password >/dev/null; rm /run/new-password`,
    );
    expect(succeeded(await on.run("rekey", request))).toEqual({ rekeyed: true });
    const { failure, text } = await on.run("list", volume.request);
    expect(failure).toMatchObject({ code: "password" });
    expect(text).not.toContain(PASSWORD);
    expect(succeeded(await on.run("list", withNew))).toMatchObject({ recoveryPoints: [{}, {}] });
    const back = { ...withNew, newPassword: PASSWORD };
    expect(succeeded(await on.run("rekey", back))).toEqual({ rekeyed: true });
    expect(succeeded(await on.run("rekey", back))).toEqual({ rekeyed: true });
    expect(await list()).toHaveLength(2);
  });
});

/** The largest pack holds data; the smaller ones hold trees. */
const pack = "$(find data -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d ' ' -f 2)";

/** Damage in a copy of the repository, which is put back afterwards. */
describe("a damaged repository", () => {
  const repository = () => volume.repository;
  beforeAll(() => on.sh(`cp -a ${repository()} ${volume.copy("repository")}`));
  afterEach(() => on.sh(`rm -rf ${repository()}; cp -a ${volume.copy("repository")} ${repository()}`));

  test.each([
    [
      "a bit flipped in a pack",
      `p=${pack}; chmod u+w $p; printf '\\377' | dd of=$p bs=1 seek=100000 conv=notrunc status=none; printf '\\000' | dd of=$p bs=1 seek=100001 conv=notrunc status=none`,
    ],
    ["a pack deleted", `rm -f ${pack}`],
    [
      "two packs swapped",
      "find data -type f -size +3M | head -n 2 >/run/lab-packs; { read a; read b; } </run/lab-packs; mv $a $a.tmp; mv $b $a; mv $a.tmp $b; rm /run/lab-packs",
    ],
    ["a truncated index", "for i in index/*; do chmod u+w $i; truncate -s 60 $i; done"],
  ])("%s: verify and restore fail in words", async (_, damage) => {
    await on.sh(`cd ${repository()}\n${damage}`);
    const verified = await verify({ recoveryPoint: points[0]?.id });
    expect(verified.failure).toMatchObject({ code: expect.stringMatching(/^(damaged|mismatch)$/) });
    const restored = await on.restore(volume, points[0]?.id, 128);
    expect(restored.failure).toMatchObject({ code: expect.stringMatching(/^(damaged|mismatch)$/) });
    expect((await list()).map(({ verified: mark }) => mark)).toEqual([null, null]);
    expect(restored.failure?.detail).not.toBe("");
    // restic 0.14 asks a store ten times for each piece of a pack that is not there, for a minute.
    for (const { failure } of [verified, restored]) expect(failure?.detail).not.toMatch(/(retrying after.*){4}/s);
    expect(await volume.status()).toMatchObject({ lastVerification: { isSuccess: false } });
    expect(await on.leftovers()).toBe("");
  });
});

describe("damage that is known", () => {
  let worn: Volume;
  const listed = async () =>
    succeeded(await on.run<{ recoveryPoints: { id: string; verified: string | null }[] }>("list", worn.request))
      .recoveryPoints;
  const verifyWorn = (more: Record<string, unknown> = {}) => on.run("verify", { ...worn.request, ...more });

  beforeAll(async () => {
    worn = await on.volume("worn", "64MiB");
    await worn.write(0, 20 * 1024);
    await worn.backup();
    succeeded(await verifyWorn());
    await worn.write(30 * 1024, 1024);
    await worn.backup();
    succeeded(await verifyWorn());
    expect((await listed()).map(({ verified }) => verified !== null)).toEqual([true, true]);
    await on.sh(
      `cp -a ${worn.repository} ${worn.copy("sound")}; cd ${worn.repository}; p=${pack}; chmod u+w $p; printf '\\377\\377' | dd of=$p bs=1 seek=100000 conv=notrunc status=none`,
    );
  });

  test("an un-marking under way and a backup's tidying leave the recovery point alone", async () => {
    // restic puts a manifest without the mark beside the one with it, and then takes that away: held between the two, and the backup before
    // it forgets what it has listed.
    await on.sh(`cat >/usr/local/sbin/restic <<'END'
#!/bin/bash
PATH=/usr/sbin:/usr/bin:/sbin:/bin
case " $* " in
  *" tag "*)
    before=$(ls ${worn.repository}/snapshots)
    mkdir /run/lab-old; cp -a ${worn.repository}/snapshots/. /run/lab-old/
    restic "$@" || exit
    gone=$(comm -23 <(echo "$before") <(ls ${worn.repository}/snapshots))
    for each in $gone; do cp -a "/run/lab-old/$each" ${worn.repository}/snapshots/; done
    touch /run/lab-between
    for wait in $(seq 80); do if [ -e /run/lab-forgets ]; then break; fi; sleep 0.1; done
    for each in $gone; do rm -f "${worn.repository}/snapshots/$each"; done
    touch /run/lab-after
    exit 0 ;;
  *" forget "*)
    touch /run/lab-forgets
    until [ -e /run/lab-after ]; do sleep 0.1; done ;;
esac
exec restic "$@"
END
chmod 755 /usr/local/sbin/restic`);
    try {
      const verification = verifyWorn();
      await until("the mark is being taken off", async () => (await sh(host, "test -e /run/lab-between")).code === 0);
      const { failure } = await worn.tryBackup();
      expect(failure).toBeUndefined();
      expect((await verification).failure).toMatchObject({ code: "damaged" });
    } finally {
      await on.sh("rm -rf /usr/local/sbin/restic /run/lab-old /run/lab-between /run/lab-forgets /run/lab-after");
    }
    expect(await listed()).toHaveLength(3);
  });

  test("no recovery point counts as verified, each backup warns, and retention removes none", async () => {
    if ((await worn.status()).damage == null) expect((await verifyWorn()).failure).toMatchObject({ code: "damaged" });
    const before = await listed();
    expect(before.filter(({ verified }) => verified !== null)).toEqual([]);
    expect(await worn.status()).toMatchObject({
      lastVerified: null,
      damage: { failure: { code: "damaged" } },
      repository: { points: before.length },
    });
    const { warnings } = await worn.backup();
    expect(warnings).toEqual([expect.stringMatching(/^the repository is damaged since .*pulumi-lvm verify /s)]);
    expect(await on.sh("cat /var/lib/pulumi-lvm/metrics/*.prom")).toMatch(
      /^pulumi_lvm_backup_damaged_since_timestamp_seconds\{.*\} \d{10}$/m,
    );
    const { keep, remove } = succeeded(
      await on.run<{ keep: unknown[]; remove: unknown[] }>("retention", {
        ...worn.backupRequest,
        retention: { last: 1 },
      }),
    );
    expect([keep.length, remove]).toEqual([before.length + 1, []]);
    expect((await on.restore(worn, "latest-verified", 64)).failure).toMatchObject({ code: "no-point" });
  });
});

test("a change that the pool's metadata does not show is found by the sample, and the next backup reads all", async () => {
  // Written below LVM, straight into the chunk of the pool where the volume's first 64 KiB are.
  await on.sh(`dmsetup message fast-pool-tpool 0 reserve_metadata_snap
id=$(lvs --noheadings -o thin_id fast/data | tr -d ' ')
begin=$(thin_dump -m --dev-id $id /dev/mapper/fast-pool_tmeta | sed -n 's/.*mapping origin_b[a-z]*="0" data_b[a-z]*="\\([0-9]*\\)".*/\\1/p')
dmsetup message fast-pool-tpool 0 release_metadata_snap
dmsetup create hole --table "0 128 linear $(dmsetup info -c --noheadings -o major,minor fast-pool_tdata) $((begin * 128))"
dd if=/dev/urandom of=/dev/mapper/hole bs=64K count=1 conv=fsync status=none
dmsetup remove hole; blockdev --flushbufs ${volume.device}`);
  const { failure } = await volume.tryBackup({ sampleSegments: 100 });
  expect(failure).toMatchObject({
    code: "delta",
    detail: expect.stringMatching(/^segment 0 of the volume has SHA-256 /),
  });
  expect(await on.leftovers()).toBe("");
  const point = await volume.backup();
  expect(point.full).toBe("there is no base yet");
  points.push(point);
  await on.sh(`cp --sparse=always ${volume.device} ${volume.copy("last")}`);
  const { device, ...restored } = await on.restore(volume, newest(), 128);
  expect(succeeded(restored).digest).toBe(point.digest);
  await on.sh(`cmp ${device} ${volume.copy("last")}`);
});

test("a recovery point that is forgotten is gone, once and for all, and its room comes back", async () => {
  const [first] = points as [Point];
  const size = async () => Number((await on.sh(`du -sk ${volume.repository} | cut -f 1`)).trim());
  const before = await size();
  const forget = () => on.run("forget", { ...volume.request, recoveryPoint: first.id, prune: true });
  expect(succeeded(await forget())).toEqual({ forgotten: true });
  expect(succeeded(await forget())).toEqual({ forgotten: false });
  expect((await list()).map(({ id }) => id)).toEqual(points.slice(1).map(({ id }) => id));
  expect(await size()).toBeLessThanOrEqual(before);
  expect((await on.restore(volume, newest(), 128)).failure).toBeUndefined();
});
