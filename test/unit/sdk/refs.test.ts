import * as pulumi from "@pulumi/pulumi";
import * as lvm from "../../../sdk/index.js";
import { volumeFields } from "../../../sdk/refs.js";
import { hostRef, MACHINE_ID } from "../../support/samples.js";
import { bucketThatExists, mockDeployment, VOLUME_ID } from "./mocked-deployment.js";

const { credentials, ...bucket } = bucketThatExists;
const store = { name: "offsite", region: "us-east-1", prefix: "", ...bucket, ...credentials };
const target = { ...store, lockDays: 14 };
const volume = { id: VOLUME_ID, name: "data", volumeGroup: "fast", isThin: true, host: hostRef };
const exported = {
  host: hostRef,
  group: { name: "fast", host: hostRef },
  pool: { name: "pool", volumeGroup: "fast", maxOvercommit: 2, host: hostRef },
  volume,
  target,
  backup: { target, volumeId: VOLUME_ID, recoveryPoint: "0123456789abcdef" },
  older: { id: VOLUME_ID, name: "data", volumeGroup: "fast", host: hostRef },
};
const registered = new Map<string, Record<string, unknown>>();
let infra: pulumi.StackReference;

const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  (output as unknown as { promise(): Promise<T> }).promise();
/** The inputs that a resource was registered with, without the wrappers of secrets. */
async function inputsOf(resource: pulumi.Resource, name: string): Promise<Record<string, unknown>> {
  await resolved(resource.urn);
  const inputs = Object.entries(registered.get(name) ?? {});
  return Object.fromEntries(inputs.map(([key, value]) => [key, (value as { value?: unknown })?.value ?? value]));
}
const other = (name: keyof typeof exported) => infra.requireOutput(name);

beforeAll(async () => {
  await mockDeployment(({ name, inputs }) => registered.set(name, inputs), {
    outputs: exported,
    secretOutputNames: ["target", "backup"],
  });
  infra = new pulumi.StackReference("acme/storage/prod");
});

describe("a ref of another stack", () => {
  const daily = { schedule: "daily" };
  test.each<[string, string, () => pulumi.Resource, object]>([
    [
      "a host",
      "group",
      () => new lvm.VolumeGroup("group", { host: other("host"), disks: ["/dev/sdb"] }),
      { host: hostRef },
    ],
    [
      "a group of a pool",
      "pool",
      () => new lvm.ThinPool("pool", { volumeGroup: other("group"), size: "8GiB" }),
      { volumeGroup: "fast", host: hostRef },
    ],
    [
      "a group of a volume",
      "linear",
      () => new lvm.Volume("linear", { volumeGroup: other("group"), size: "1GiB" }),
      { volumeGroup: "fast", host: hostRef },
    ],
    [
      "a pool",
      "thin",
      () => new lvm.Volume("thin", { pool: other("pool"), size: "1GiB" }),
      { volumeGroup: "fast", pool: "pool", maxOvercommit: 2, host: hostRef },
    ],
    [
      "a volume that is attached, on the host that is named",
      "lease",
      () => new lvm.Attachment("lease", { volume: other("volume"), microVm: "db", microVmHost: other("host") }),
      {
        volumeId: VOLUME_ID,
        volumeGroup: "fast",
        volumeName: "data",
        driveId: "data",
        microVmHost: "db1",
        host: hostRef,
      },
    ],
    [
      "a volume and a target of a backup",
      "now",
      () => new lvm.Backup("now", { volume: other("volume"), target: other("target") }),
      { volumeId: VOLUME_ID, volumeGroup: "fast", volumeName: "data", target: store, host: hostRef },
    ],
    [
      "a volume and a target of a schedule",
      "nightly",
      () => new lvm.BackupSchedule("nightly", { volume: other("volume"), target: other("target"), ...daily }),
      { volumeId: VOLUME_ID, isThin: true, target: store, lockDays: 14, host: hostRef },
    ],
    [
      "a volume and a target of a policy",
      "gold:db",
      () => {
        const volumes = { db: other("volume") };
        return new lvm.BackupPolicy("gold", { volumes, target: other("target"), ...daily })
          .schedules[0] as pulumi.Resource;
      },
      { volumeId: VOLUME_ID, volumeName: "data", policy: "gold", target: store },
    ],
    [
      "a backup that a volume is made from",
      "copy",
      () => new lvm.Volume("copy", { pool: other("pool"), size: "1GiB", source: { backup: other("backup") } }),
      { source: { target: store, volumeId: VOLUME_ID, recoveryPoint: "0123456789abcdef" } },
    ],
    [
      "a target and a volume whose backup a volume is made from",
      "again",
      () => {
        const source = { backup: { target: other("target"), volume: other("volume") } };
        return new lvm.Volume("again", { pool: other("pool"), size: "1GiB", source });
      },
      { source: { target: store, volumeId: VOLUME_ID, recoveryPoint: "latest" } },
    ],
  ])("stands for %s", async (_case, name, make, inputs) => {
    expect(await inputsOf(make(), name)).toMatchObject(inputs);
  });

  test("says where a workload can run", async () => {
    expect(await resolved(lvm.placement([other("volume")]))).toEqual({ host: "db1" });
  });

  test("is the same target and volume in two schedules, the second of which is refused", () => {
    const refs = { volume: other("volume"), target: other("target") };
    new lvm.BackupSchedule("first", { ...refs, ...daily });
    expect(() => new lvm.BackupSchedule("second", { ...refs, ...daily })).toThrow(
      '"first" is one of the same volume at the same target',
    );
  });
});

describe("what a resource of the program exports", () => {
  test("is what its arguments take, for every kind", async () => {
    const host = new lvm.Host("node", {
      connection: { address: pulumi.output("192.0.2.1"), port: pulumi.output(2222) },
    });
    const group = new lvm.VolumeGroup("own", { host: host.ref, disks: ["/dev/sdb"] });
    const pool = new lvm.ThinPool("own-pool", { volumeGroup: group.ref, size: "8GiB", maxOvercommit: 3 });
    const data = new lvm.Volume("own-data", { pool: pool.ref, size: "1GiB" });
    const offsite = lvm.BackupTarget.existing("own-target", bucketThatExists);
    const backup = new lvm.Backup("own-backup", { volume: data.ref, target: offsite.ref });
    const copy = new lvm.Volume("own-copy", { pool: pool.ref, size: "1GiB", source: { backup: backup.ref } });
    expect(await inputsOf(copy, "own-copy")).toMatchObject({
      host: { name: "node", machineId: MACHINE_ID, connection: { address: "192.0.2.1", port: 2222 } },
      volumeGroup: "own",
      pool: "own-pool",
      maxOvercommit: 3,
      source: { target: { name: "own-target" }, volumeId: VOLUME_ID },
    });
  });
});

test("a ref can be written by hand, with a Host of the program in it", async () => {
  const host = new lvm.Host("by-hand-host", { connection: { address: "192.0.2.3" } });
  const data = { id: VOLUME_ID, name: pulumi.output("data"), volumeGroup: "fast", isThin: true, host };
  const backup = new lvm.Backup("of-hand-written", { volume: data, target });
  expect(await inputsOf(backup, "of-hand-written")).toMatchObject({
    volumeId: VOLUME_ID,
    volumeName: "data",
    host: { name: "by-hand-host", machineId: MACHINE_ID },
  });
});

describe("the secrets of a ref", () => {
  const secretsOf = async (fields: object): Promise<string[]> => {
    const all = await Promise.all(
      Object.entries(fields).map(async ([key, output]) => [key, await pulumi.isSecret(output)] as const),
    );
    return all.flatMap(([key, isSecret]) => (isSecret ? [key] : []));
  };

  test("are secrets when they were exported so", async () => {
    const backup = new lvm.Backup("secret", { volume: other("volume"), target: other("target") });
    expect(await secretsOf(backup.ref.target)).toEqual(expect.arrayContaining(["secretAccessKey", "masterKey"]));
  });

  test("are secrets when the ref is written by hand, and nothing else is", async () => {
    const backup = new lvm.Backup("by-hand", { volume: other("volume"), target });
    expect(await secretsOf(backup.ref.target)).toEqual(["secretAccessKey", "masterKey"]);
    const connection = { ...hostRef.connection, password: "hunter2" };
    const group = new lvm.VolumeGroup("with-password", { host: { ...hostRef, connection }, disks: ["/dev/sdc"] });
    expect(await secretsOf(group.ref.host)).toEqual(["connection"]);
  });
});

describe("what is no ref", () => {
  const withPool = (name: string, pool: unknown) =>
    new lvm.Volume(name, { pool: pool as lvm.ThinPoolInput, size: "1GiB" });
  const next = "\nGive a ThinPool, or the ref of one that another stack exports";

  test.each<[string, () => unknown, string]>([
    ["a name", () => "pool", "it is no ThinPool, and no ref of one"],
    [
      "a resource of another kind",
      () => lvm.BackupTarget.existing("not-a-pool", bucketThatExists),
      "it is no ThinPool",
    ],
  ])("is refused at once: %s", (name, make, words) => {
    const given = make();
    const message = `Cannot use pool of Volume "${name}": ${words}`;
    expect(() => withPool(name, given)).toThrow(pulumi.RunError);
    expect(() => withPool(name, given)).toThrow(message);
    expect(() => withPool(name, given)).toThrow(next);
  });

  test("a volume that an older release exported can be attached; a schedule says what it lacks", async () => {
    const attachment = new lvm.Attachment("old-lease", { volume: other("older"), microVm: "old" });
    expect(await inputsOf(attachment, "old-lease")).toMatchObject({ volumeId: VOLUME_ID });
    expect(await resolved(volumeFields(other("older"), "volume").isThin)).toBeUndefined();
  });

  test("a list of a policy takes volumes of the program alone, and says how to give others", () => {
    const volumes = [other("volume")] as unknown as lvm.Volume[];
    const make = () => new lvm.BackupPolicy("listed", { volumes, target: other("target"), schedule: "daily" });
    expect(make).toThrow("Give volumes of other stacks by names of your choice, such as { db: ref }");
  });
});
