import * as pulumi from "@pulumi/pulumi";
import type * as lvm from "../../../sdk/index.js";

const registered = new Map<string, Record<string, unknown>>();

/** A Host that is not made yet, and volumes that are. */
const idOf = (type: string, name: string) => (type.endsWith("lvm:Host") ? undefined : `${name}-volume`);

/** The package once more, as a monorepo may load it: classes of its own, and the same Pulumi. */
function load(): typeof lvm {
  let copy: typeof lvm | undefined;
  jest.isolateModules(() => {
    jest.doMock("@pulumi/pulumi", () => pulumi);
    copy = require("../../../sdk/index.js");
  });
  return copy as typeof lvm;
}

describe("a program with two copies of the package", () => {
  const [one, other] = [load(), load()];
  let volume: lvm.Volume;
  let target: lvm.BackupTarget;
  let host: lvm.Host;

  const inputsOf = async ({ urn }: pulumi.Resource, name: string) => {
    await new Promise((resolve) => urn.apply(resolve));
    return registered.get(name);
  };

  /** Without the wrapper of a secret, which the keys of its target make of it. */
  const sourceOf = async (made: lvm.Volume, name: string) => {
    const { source } = (await inputsOf(made, name)) as { source: { value?: object } };
    return source.value ?? source;
  };

  beforeAll(async () => {
    await pulumi.runtime.setMocks(
      {
        newResource({ type, name, inputs }) {
          registered.set(name, inputs);
          return { id: idOf(type, name), state: { ...inputs, recoveryPoint: `${name}-point` } };
        },
        call: () => ({}),
      },
      "infra",
      "prod",
      // A preview, in which the host is not made yet: nothing is read from it.
      true,
      "acme",
    );
    host = new other.Host("node", { connection: { address: "192.0.2.1" } });
    const group = new other.VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
    volume = new other.Volume("data", { volumeGroup: group, size: "1GiB" });
    target = other.BackupTarget.existing("offsite", {
      endpoint: "https://s3.example.com",
      bucket: "backups",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      masterKey: Buffer.alloc(32, 1).toString("base64"),
    });
  });
  afterAll(() => pulumi.runtime.disconnect());

  test("has two classes of the same resource", () => {
    expect(volume).not.toBeInstanceOf(one.Volume);
  });

  test("makes a volume from the Backup of the other copy", async () => {
    const backup = new other.Backup("now", { volume, target });
    const group = new one.VolumeGroup("slow", { host, disks: ["/dev/sdc"] });
    const restored = new one.Volume("restored", { volumeGroup: group, size: "1GiB", source: { backup } });
    expect(await sourceOf(restored, "restored")).toMatchObject({ volumeId: "data-volume", recoveryPoint: "now-point" });
  });

  test("makes a volume from a recovery point of the other copy's volume", async () => {
    const group = new one.VolumeGroup("third", { host, disks: ["/dev/sdd"] });
    const source = { backup: { target, volume } };
    const restored = new one.Volume("again", { volumeGroup: group, size: "1GiB", source });
    expect(await sourceOf(restored, "again")).toMatchObject({
      volumeId: "data-volume",
      recoveryPoint: "latest",
    });
  });

  test("attaches a volume of the other copy, on a host of the other copy", async () => {
    const attachment = new one.Attachment("disk", { volume, microVm: "db", microVmHost: host });
    expect(await inputsOf(attachment, "disk")).toMatchObject({
      volumeId: "data-volume",
      volumeName: "data",
      microVmHost: "node",
      host: { name: "node" },
    });
  });

  test("lists the backups of the other copy's volume by the host of the volume", () => {
    expect(() => one.listBackups({ target, volume })).not.toThrow();
  });
});
