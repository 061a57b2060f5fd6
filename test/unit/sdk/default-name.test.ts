import type * as pulumi from "@pulumi/pulumi";
import { Attachment, BackupSchedule, BackupTarget, Host, ThinPool, Volume, VolumeGroup } from "../../../sdk/index.js";
import { bucketThatExists, mockDeployment } from "./mocked-deployment.js";

const registered = new Map<string, Record<string, unknown>>();

/** A program that passes on what it was not given, as one with a setting of its own does. */
const undefinedOf = <T>(args: object): T => args as T;

async function inputsOf({ urn }: pulumi.Resource, name: string): Promise<Record<string, unknown> | undefined> {
  await new Promise((resolve) => urn.apply(resolve));
  return registered.get(name);
}

beforeAll(() => mockDeployment(({ name, inputs }) => registered.set(name, inputs)));

test("a name that is undefined is the default, as one that is left out", async () => {
  const host = new Host("node", { connection: { address: "192.0.2.1" } });
  const group = new VolumeGroup("fast", undefinedOf({ host, disks: ["/dev/sdb"], name: undefined }));
  const pool = new ThinPool("pool", undefinedOf({ volumeGroup: group, size: "8GiB", name: undefined }));
  const volume = new Volume("my-data", undefinedOf({ pool, size: "1GiB", name: undefined }));
  const attachment = new Attachment("lease", undefinedOf({ volume, microVm: "db", driveId: undefined }));
  const target = BackupTarget.existing("offsite", bucketThatExists);
  const schedule = new BackupSchedule("nightly", undefinedOf({ volume, target, schedule: "daily", policy: undefined }));
  expect(await inputsOf(group, "fast")).toMatchObject({ name: "fast" });
  expect(await inputsOf(pool, "pool")).toMatchObject({ name: "pool" });
  expect(await inputsOf(volume, "my-data")).toMatchObject({ name: "my-data" });
  expect(await inputsOf(attachment, "lease")).toMatchObject({ driveId: "my_data" });
  expect(await inputsOf(schedule, "nightly")).toMatchObject({ policy: "nightly" });
});
