import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { type Keys, removeBucket, s3Client } from "../support/s3.js";
import { connectionTo, type Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { openedBy } from "./harness/restic.js";
import { checksum, ext4Bytes, write } from "./harness/volume-bytes.js";
import { volumesToBackUp } from "./stacks/backed-up.js";
import { farPool, reachOf } from "./stacks/far-pool.js";

const [host, other] = labHosts() as [LabHost, LabHost];
const server = labS3();

const MIB = 2 ** 20;

interface Listed {
  volumes: { volume: string; recoveryPoints: { id: string; verified: string | null; sizeBytes: number }[] }[];
}

describe("Backup and Volume.source", () => {
  let deployment: Deployment;
  let before: string;
  let first: string;
  const outputsOf = async (name: string) => (await deployment.state())[name]?.outputs ?? {};
  /** Looks through the state as it is exported, and what any process or file of ours on the host holds. */
  async function expectNoSecret(): Promise<void> {
    const target = (await deployment.outputs())["offsite-target"] as { secretAccessKey: string; masterKey: string };
    const state = await deployment.exported();
    const files = await shOk(
      host,
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; grep -r '' /var/lib/pulumi-lvm /run/pulumi-lvm /etc/pulumi-lvm 2>/dev/null || :",
    );
    const key = await jsonOf<{ password: string }>(deployment, "key", "data");
    for (const secret of [target.secretAccessKey, target.masterKey, key.password]) {
      expect(state).not.toContain(secret);
      expect(files).not.toContain(secret);
    }
  }

  const base = volumesToBackUp(host, server);
  const spec = (more: Partial<Spec> = {}): Spec => ({ ...base, ...more });
  const backups = (run: number) => ({
    "data-now": { volume: "data", target: "offsite", triggers: [run] },
    "plain-now": { volume: "plain", target: "offsite" },
    "files-now": { volume: "files", target: "offsite" },
  });

  beforeAll(async () => {
    await resetHost(host);
    await resetHost(other);
    before = await hostFingerprint(host);
    deployment = await Deployment.open("backup");
    changesOf(await deployment.up(spec()));
    await write(host, "data", 64, 40);
    await write(host, "plain", 0, 8);
    // As the backup of a running guest may have it: e2fsck -p corrects this count, and exits with 1 to say so.
    await shOk(
      host,
      "lvchange -ay fast/files && debugfs -w -R 'ssv free_blocks_count 1' /dev/fast/files && lvchange -an fast/files",
    );
  });
  afterAll(() => deployment.close());

  test("up makes a backup of a thin and of a linear volume; up, refresh and preview then find nothing to do", async () => {
    const before = (await deployment.state())["data"]?.outputs["uuid"];
    expect(changesOf(await deployment.up(spec({ backups: backups(1) })))).toMatchObject({ create: 3 });
    const data = await outputsOf("data-now");
    first = String(data["recoveryPoint"]);
    expect(data).toMatchObject({ sizeBytes: 512 * MIB, isQuiesced: false });
    expect(Number(data["bytesRead"])).toBeGreaterThanOrEqual(40 * MIB);
    expect(Number(data["bytesSent"])).toBeGreaterThanOrEqual(40 * MIB);
    expect(data["digest"]).toMatch(/^[0-9a-f]{64}$/);
    expect((await outputsOf("plain-now"))["sizeBytes"]).toBe(64 * MIB);
    for (const again of [await deployment.up(), await deployment.refresh(), await deployment.preview()]) {
      expect(Object.keys(changesOf(again))).toEqual(["same"]);
    }
    expect((await outputsOf("data-now"))["recoveryPoint"]).toBe(first);
    expect((await outputsOf("data"))["uuid"]).toBe(before);
  });

  test("another trigger makes another one, which reads and sends what changed and a small sample", async () => {
    await write(host, "data", 128, 8);
    expect(changesOf(await deployment.up(spec({ backups: backups(2) })))).toMatchObject({ update: 1 });
    const data = await outputsOf("data-now");
    expect(data["recoveryPoint"]).not.toBe(first);
    expect(Number(data["bytesRead"])).toBeLessThanOrEqual((8 + 5 * 4) * MIB);
    expect(Number(data["bytesSent"])).toBeLessThan(12 * MIB);
  });

  test("no secret of the target is in the state, or on the host after a backup", async () => {
    await expectNoSecret();
  });

  test("the command line lists, makes and verifies recovery points, and a program reads the same", async () => {
    const now = await jsonOf<{ recoveryPoint: { id: string } }>(deployment, "backup", "data", "--now");
    const verified = await pulumiLvm(deployment, ["verify", "data"]);
    expect(verified.stdout).toContain(`Recovery point ${now.recoveryPoint.id}`);
    const { volumes } = await jsonOf<Listed>(deployment, "backups");
    const points = volumes.find(({ volume }) => volume === "data")?.recoveryPoints ?? [];
    expect(points.map(({ id }) => id)).toEqual([
      first,
      (await outputsOf("data-now"))["recoveryPoint"],
      now.recoveryPoint.id,
    ]);
    expect(points.map(({ verified }) => verified !== null)).toEqual([false, false, true]);
    changesOf(
      await deployment.up(
        spec({ backups: backups(2), listBackups: { points: { volume: "data", target: "offsite" } } }),
      ),
    );
    expect((await deployment.outputs())["points-backups"]).toMatchObject(points.map(({ id }) => ({ id })));
    const table = await pulumiLvm(deployment, ["backups"]);
    expect(table.stdout).toMatch(/VOLUME +TARGET +TAKEN +SIZE/);
  });

  describe("a restore", () => {
    const restored = (size: string, more: Record<string, unknown> = {}) => ({
      copy: {
        pool: "pool",
        size,
        deletionPolicy: "delete",
        source: { backup: "data-now" },
        ...more,
      },
    });
    const withVolumes = (more: Spec["volumes"], extra: Partial<Spec> = {}) =>
      spec({ backups: backups(2), volumes: { ...base.volumes, ...more }, ...extra });

    test("into a smaller volume is refused at preview", async () => {
      expect(refusalOf(await deployment.preview(withVolumes(restored("256MiB"))))).toMatch(
        /Cannot restore recovery point [\w-]+ into volume "fast\/copy" on host "node": it has 512 MiB, and the program says 256 MiB/,
      );
    });

    test("of a recovery point that does not exist is refused at preview, which lists those that do", async () => {
      const id = (await deployment.state())["data"]?.outputs["volumeId"];
      const source = { target: "offsite", volume: id, recoveryPoint: "0123456789abcdef" };
      const refused = refusalOf(await deployment.preview(withVolumes(restored("512MiB", { source }))));
      expect(refused).toContain('There is no recovery point "0123456789abcdef"');
      expect(refused).toContain(first);
    });

    test("makes a new volume with the same bytes, larger when asked for, and leaves the source alone", async () => {
      const was = await checksum(host, "data", 512);
      expect(changesOf(await deployment.up(withVolumes(restored("600MiB"))))).toMatchObject({ create: 1 });
      expect(await checksum(host, "copy", 512)).toBe(was);
      expect(await checksum(host, "data", 512)).toBe(was);
      expect(await shOk(host, "lvs --noheadings -o lv_tags fast/copy")).not.toContain("pending");
      expect(Object.keys(changesOf(await deployment.up()))).toEqual(["same"]);
      expect(Object.keys(changesOf(await deployment.refresh()))).toEqual(["same"]);
    });

    test("into a larger volume grows its file system, which the backup of a running guest has something to put right in", async () => {
      const files = {
        pool: "pool",
        size: "128MiB",
        fileSystem: "ext4",
        deletionPolicy: "delete",
        source: { backup: "files-now" },
      };
      changesOf(await deployment.up(withVolumes({ ...restored("600MiB"), "files-copy": files })));
      expect(await ext4Bytes(host, "files-copy")).toBe(128 * MIB);
    });

    test("with another source for the volume that is there is refused: a volume is never overwritten", async () => {
      const id = (await deployment.state())["data"]?.outputs["volumeId"];
      const source = { target: "offsite", volume: id, recoveryPoint: first };
      expect(refusalOf(await deployment.preview(withVolumes(restored("600MiB", { source }))))).toContain(
        "A volume is never overwritten",
      );
    });

    test("of a volume that is gone, on another host, as it was at a time; and of the newest that was verified", async () => {
      const id = (name: string) => outputsOf(name).then(({ volumeId }) => volumeId);
      const [plain, data] = [await id("plain"), await id("data")];
      const time = (await outputsOf("plain-now"))["time"];
      const was = await checksum(host, "plain", 64);
      const { plain: _, ...others } = base.volumes;
      const { "plain-now": __, ...kept } = backups(2);
      changesOf(await deployment.up(spec({ volumes: others, backups: kept })));
      expect(await shOk(host, "lvs --noheadings -o lv_name fast")).not.toContain("plain");
      const sourceOf = (volume: unknown, recoveryPoint: unknown) => ({ target: "offsite", volume, recoveryPoint });
      const made = { pool: "farPool", deletionPolicy: "delete" };
      changesOf(
        await deployment.up(
          spec({
            ...farPool(base, other, reachOf(connectionTo(other))),
            volumes: {
              ...others,
              far: { ...made, name: "plain", size: "64MiB", source: sourceOf(plain, { atOrBefore: time }) },
              verified: { ...made, size: "512MiB", source: sourceOf(data, "latest-verified") },
            },
            backups: kept,
          }),
        ),
      );
      expect(await checksum(other, "plain", 64)).toBe(was);
      // A target says whose a volume was, though no stack knows it any more.
      const all = await jsonOf<Listed>(deployment, "backups", "--all");
      expect(all.volumes.map(({ volume }) => volume).sort()).toEqual(["data", "files", "volume/plain"]);
      expect(await checksum(other, "verified", 512)).toBe(await checksum(host, "data", 512));
      await expectNoSecret();
    });
  });

  test("onDelete says whether a recovery point goes with its Backup", async () => {
    const more = (onDelete: string) => ({ ...backups(2), extra: { volume: "files", target: "offsite", onDelete } });
    const { "files-now": _, ...without } = backups(2);
    changesOf(await deployment.up(spec({ backups: more("forget") })));
    const extra = (await outputsOf("extra"))["recoveryPoint"];
    const points = async () => {
      const { volumes } = await jsonOf<Listed>(deployment, "backups", "--volume", "files");
      return volumes[0]?.recoveryPoints.map(({ id }) => id) ?? [];
    };
    expect(await points()).toContain(extra);
    changesOf(await deployment.up(spec({ backups: backups(2) })));
    const left = await points();
    expect(left).toEqual([(await outputsOf("files-now"))["recoveryPoint"]]);
    changesOf(await deployment.up(spec({ backups: without })));
    changesOf(await deployment.up(spec({ backups: backups(2) })));
    expect(await points()).toEqual([...left, (await outputsOf("files-now"))["recoveryPoint"]]);
  });

  test("another master key re-keys every repository: the old password opens none of them", async () => {
    const old = await jsonOf<{ password: string }>(deployment, "key", "data");
    const masterKey = Buffer.alloc(32, 5).toString("base64");
    const targets = { offsite: { ...base.targets?.["offsite"], masterKey } };
    const rotated = spec({ targets, backups: backups(2) });
    expect(changesOf(await deployment.up(rotated))).toMatchObject({ update: 3 });
    const now = await jsonOf<{ password: string; repository: string }>(deployment, "key", "data");
    expect(now.password).not.toBe(old.password);
    expect(
      (await jsonOf<Listed>(deployment, "backups")).volumes.map(({ recoveryPoints }) => recoveryPoints.length > 0),
    ).toEqual([true, true, true]);
    const keys = (await deployment.outputs())["offsite-target"] as Keys;
    const opened = await openedBy(host, server, keys, now.repository, [old.password, now.password]);
    expect(opened).toEqual([false, true]);
    expect(Object.keys(changesOf(await deployment.up()))).toEqual(["same"]);
  });

  test("destroy is refused while the bucket holds backups, and leaves nothing on the hosts when it is empty", async () => {
    expect(refusalOf(await deployment.destroy())).toMatch(/BucketNotEmpty|not empty/);
    const bucket = Object.values(await deployment.state()).find(({ type }) => type.startsWith("aws:s3/bucket:"));
    await removeBucket(s3Client(server), String(bucket?.outputs["bucket"]));
    changesOf(await deployment.refresh());
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
