import type * as pulumi from "@pulumi/pulumi";
import { type CloneSource, Host, Snapshot, ThinPool, Volume, VolumeGroup } from "../../../sdk/index.js";
import { mockDeployment, VOLUME_ID } from "./mocked-deployment.js";

const registered = new Map<string, Record<string, unknown>>();

async function inputsOf({ urn }: pulumi.Resource, name: string): Promise<Record<string, unknown> | undefined> {
  await new Promise((resolve) => urn.apply(resolve));
  return registered.get(name);
}

describe("a program with snapshots and clones", () => {
  let group: VolumeGroup;
  let pool: ThinPool;
  let data: Volume;
  let raw: Volume;

  beforeAll(async () => {
    await mockDeployment(({ name, inputs }) => registered.set(name, inputs));
    const host = new Host("node", { connection: { address: "192.0.2.1" } });
    group = new VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
    pool = new ThinPool("pool", { volumeGroup: group, size: "8GiB", maxOvercommit: 2 });
    data = new Volume("data", { pool, size: "1GiB" });
    raw = new Volume("raw", { volumeGroup: group, size: "1GiB" });
  });

  test("hands on what is known of a snapshot's volume, and its own name by default", async () => {
    const ofData = new Snapshot("before", { volume: data });
    const ofRaw = new Snapshot("raw-before", { volume: raw, size: "64MiB" });
    expect(await inputsOf(ofData, "before")).toMatchObject({
      ...{ name: "before", volumeId: VOLUME_ID, volumeGroup: "fast", volumeName: "data" },
      ...{ isThin: true, maxOvercommit: 2 },
    });
    expect(await inputsOf(ofRaw, "raw-before")).toMatchObject({ volumeId: VOLUME_ID, isThin: false, size: "64MiB" });
  });

  test("says what a clone is made from, without a size, from the same program and from a ref of another", async () => {
    const before = new Snapshot("for-clones", { volume: data });
    const made = (name: string, source: CloneSource) => inputsOf(new Volume(name, { pool, source }), name);
    const clone = { from: "snapshot", volumeGroup: "fast", pool: "pool", host: { name: "node" } };
    expect(await made("own", { snapshot: before })).toMatchObject({ clone });
    expect(await made("other", { snapshot: before.ref })).toMatchObject({ clone });
    const copy = new Volume("copy", { pool, size: "2GiB", source: { volume: data } });
    const ofRef = new Volume("of-ref", { pool, source: { volume: data.ref } });
    const ofVolume = { ...clone, from: "volume", id: VOLUME_ID };
    expect(await inputsOf(copy, "copy")).toMatchObject({ clone: ofVolume, size: "2GiB" });
    expect(await inputsOf(ofRef, "of-ref")).toMatchObject({ clone: ofVolume });
  });

  test("is refused a clone of what is linear, with the way out", async () => {
    const before = new Snapshot("of-raw", { volume: raw, size: "64MiB" });
    const words = /^Cannot make Volume "linear-\d" from a \w+: that is linear, .*\nMake a Backup of the volume/;
    expect(() => new Volume("linear-1", { pool, source: { snapshot: before } })).toThrow(words);
    expect(() => new Volume("linear-2", { pool, source: { volume: raw } })).toThrow(words);
    await inputsOf(before, "of-raw");
  });
});
