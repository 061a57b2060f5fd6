import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";
import { jsonOf } from "./harness/cli.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { ext4Bytes } from "./harness/volume-bytes.js";

const [host] = labHosts() as [LabHost];
const MIB = 2 ** 20;

/** Where the guest writes: what lies there is none of the file system's own. */
const GUEST_MIB = 28;
const write = (volume: string) =>
  shOk(
    host,
    `dd if=/dev/urandom of=/dev/fast/${volume} bs=1M seek=${GUEST_MIB} count=1 conv=fsync,notrunc status=none`,
  );
const digest = async (volume: string) =>
  (await shOk(host, `dd if=/dev/fast/${volume} bs=1M count=32 iflag=direct status=none | sha256sum`)).trim();
/** The same of what is not active, as it is after it. */
const sleepingDigest = async (volume: string) => {
  await shOk(host, `lvchange -q -ay -K fast/${volume}`);
  const found = await digest(volume);
  await shOk(host, `lvchange -q -an fast/${volume}`);
  return found;
};

describe("snapshots and clones", () => {
  let deployment: Deployment;
  let fingerprint: string;
  let held: string;
  const thin = { pool: "pool", deletionPolicy: "delete" };
  const spec = oneHost(host) as Spec & Required<Pick<Spec, "volumes" | "attachments" | "snapshots">>;

  beforeAll(async () => {
    await resetHost(host);
    fingerprint = await hostFingerprint(host);
    deployment = await Deployment.open("snapshot");
    spec.snapshots = {};
    spec.volumes = {
      data: { ...thin, size: "32MiB", fileSystem: "ext4" },
      raw: { volumeGroup: "fast", size: "16MiB", deletionPolicy: "delete" },
    };
    spec.attachments = { db: { volume: "data", microVm: "db" }, raw: { volume: "raw", microVm: "db" } };
    changesOf(await deployment.up(spec));
    await write("data");
    held = await digest("data");
  });
  afterAll(() => deployment.close());

  test("are made in one up, of volumes that a microVM has; a second up and a refresh have nothing to do", async () => {
    spec.snapshots = {
      before: { volume: "data", labels: { why: "release" } },
      "raw-before": { volume: "raw", size: "8MiB" },
    };
    Object.assign(spec.volumes, {
      copy: { ...thin, source: { snapshot: "before" } },
      // Its file system grows with it.
      twin: { ...thin, size: "48MiB", source: { volume: "data" } },
    });
    expect(changesOf(await deployment.up(spec))).toEqual({ create: 4, same: 8 });
    expect(changesOf(await deployment.up())).toEqual({ same: 12 });
    expect(changesOf(await deployment.refresh())).toEqual({ same: 12 });
    expect(await shOk(host, "lvs --noheadings -o lv_permissions,lv_skip_activation,lv_active fast/before")).toMatch(
      /^\s*read-only\s+skip activation\s*$/,
    );
    const { copy, data, before } = await deployment.state();
    expect(copy?.id).not.toBe(data?.id);
    expect(copy?.outputs).toMatchObject({ sizeBytes: 32 * MIB, size: `${32 * MIB}B` });
    expect(before?.outputs).toMatchObject({ sizeBytes: 32 * MIB, isReadOnly: true, isValid: true });
  });

  test("hold what the volume held, whatever is written to it and to them", async () => {
    expect(await sleepingDigest("copy")).toBe(held);
    expect(await ext4Bytes(host, "twin")).toBe(48 * MIB);
    await write("data");
    const written = await digest("data");
    expect(written).not.toBe(held);
    expect(await sleepingDigest("before")).toBe(held);
    expect(await sleepingDigest("copy")).toBe(held);
    await shOk(host, "lvchange -q -ay fast/copy");
    await write("copy");
    await shOk(host, "lvchange -q -an fast/copy");
    expect(await sleepingDigest("copy")).not.toBe(held);
    expect(await digest("data")).toBe(written);
    expect(await sleepingDigest("before")).toBe(held);
  });

  test("a snapshot cannot be written to", async () => {
    await shOk(host, "lvchange -q -ay -K fast/before");
    try {
      expect((await sh(host, "dd if=/dev/zero of=/dev/fast/before bs=4K count=1 conv=fsync,notrunc")).code).not.toBe(0);
    } finally {
      await shOk(host, "lvchange -q -an fast/before");
    }
    expect(await sleepingDigest("before")).toBe(held);
  });

  test("are listed with their volumes, and how full the pool or the room is", async () => {
    const { snapshots } = await jsonOf<{ snapshots: object[] }>(deployment, "snapshots");
    expect(snapshots).toHaveLength(2);
    expect(snapshots).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "before", volumeName: "data", pool: "pool", usedPercent: expect.any(Number) }),
        expect.objectContaining({
          ...{ name: "raw-before", volumeName: "raw", sizeBytes: 16 * MIB, roomBytes: 8 * MIB },
          ...{ usedPercent: expect.any(Number), isLost: false },
        }),
      ]),
    );
  });

  test("what cannot be a clone, or would lose snapshots, is refused at preview with the way out", async () => {
    const preview = async (volumes: Record<string, Record<string, unknown>>) =>
      refusalOf(await deployment.preview({ ...spec, volumes: { ...spec.volumes, ...volumes } }));
    const small = await preview({ small: { ...thin, size: "16MiB", source: { snapshot: "before" } } });
    expect(small).toContain('"fast/before" has 32 MiB, and the program says 16 MiB');
    const linear = { size: "32MiB", deletionPolicy: "delete" };
    const toLinear = await preview({ linear: { ...linear, volumeGroup: "fast", source: { snapshot: "before" } } });
    expect(toLinear).toContain("a clone is in a thin pool, and this volume is linear");
    expect(toLinear).toContain("Make a Backup of the volume");
    const ofLinear = await preview({ linear: { ...linear, pool: "pool", source: { volume: "raw" } } });
    expect(ofLinear).toContain('Cannot make Volume "linear" from a volume: that is linear');
    const larger = await preview({ raw: { ...spec.volumes["raw"], size: "32MiB" } });
    expect(larger).toContain('Cannot grow linear volume "fast/raw" on host "node": it has snapshots: raw-before');
  });

  test("a snapshot that was removed by hand is seen by a refresh, and the next up takes a new one", async () => {
    await shOk(host, "lvremove -q -y fast/raw-before");
    expect(changesOf(await deployment.refresh())).toEqual({ delete: 1, same: 11 });
    expect(changesOf(await deployment.up())).toEqual({ create: 1, same: 11 });
  });

  test("a snapshot and clones outlive their volume, and more clones can be made of the snapshot", async () => {
    const copied = await sleepingDigest("copy");
    const { volumeId: id, name, volumeGroup, host: on } = (await deployment.state())["data"]?.outputs ?? {};
    const { data: _gone, ...volumes } = spec.volumes;
    spec.volumes = {
      ...volumes,
      // What it was made from matters no more.
      twin: { ...thin, size: "48MiB" },
      late: { ...thin, source: { snapshot: "before" } },
    };
    spec.attachments = { raw: { volume: "raw", microVm: "db" } };
    spec.snapshots = { ...spec.snapshots, before: { volume: { id, name, volumeGroup, host: on }, name: "kept" } };
    expect(changesOf(await deployment.up(spec))).toEqual({ create: 1, update: 1, delete: 2, same: 9 });
    expect((await sh(host, "lvs fast/data")).code).not.toBe(0);
    expect(await sleepingDigest("kept")).toBe(held);
    expect(await sleepingDigest("late")).toBe(held);
    expect(await sleepingDigest("copy")).toBe(copied);
    expect(changesOf(await deployment.up())).toEqual({ same: 11 });
  });

  test("a linear volume with a snapshot of somebody else stays, and a destroy without that leaves nothing behind", async () => {
    await shOk(host, "lvcreate -q -y -s -L 8M -n theirs fast/raw");
    expect(refusalOf(await deployment.destroy())).toContain(
      'linear volume "fast/raw" has snapshots that would be lost with it: theirs',
    );
    await shOk(host, "lvs fast/theirs; lvremove -q -y fast/theirs");
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(fingerprint);
  });
});
