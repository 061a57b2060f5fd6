import { BackupPolicy, BackupTarget, Host, Volume, VolumeGroup } from "../../../sdk/index.js";
import { bucketThatExists, mockDeployment } from "./mocked-deployment.js";

/** Begins a test as users' unit tests do, and runs the same program in it, with volumes of these names. */
async function program(...names: string[]): Promise<string[]> {
  const registered: string[] = [];
  await mockDeployment(({ name }) => registered.push(name));
  const host = new Host("node", { connection: { address: "192.0.2.1" } });
  const volumeGroup = new VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
  for (const name of names) new Volume(name, { volumeGroup, size: "1GiB", labels: { tier: "gold" } });
  const target = BackupTarget.existing("offsite", bucketThatExists);
  const policy = new BackupPolicy("nightly", { match: { tier: "gold" }, target, schedule: "daily" });
  await Promise.all(policy.schedules.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));
  return registered.filter((name) => name.startsWith("nightly:")).sort();
}

test("a second deployment in the same process declares the same names, and its policies cover its own volumes alone", async () => {
  expect(await program("data", "logs")).toEqual(["nightly:data:offsite", "nightly:logs:offsite"]);
  expect(await program("data", "media")).toEqual(["nightly:data:offsite", "nightly:media:offsite"]);
});

test("two resources of one kind by one name in one deployment are refused", async () => {
  await program("data");
  expect(() => new Host("node", { connection: { address: "192.0.2.2" } })).toThrow('Two resources are called "node"');
});
