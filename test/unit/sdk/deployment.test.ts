import * as pulumi from "@pulumi/pulumi";
import { BackupPolicy, BackupTarget, Host, Volume, VolumeGroup } from "../../../sdk/index.js";

/** Begins a test as users' unit tests do, and runs the same program in it, with volumes of these names. */
async function program(...names: string[]): Promise<string[]> {
  const registered: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ name, inputs }) {
        registered.push(name);
        return { id: `${name}-id`, state: { volumeId: `${name}-volume`, ...inputs } };
      },
      call: () => ({}),
    },
    "infra",
    "prod",
    false,
    "acme",
  );
  const host = new Host("node", { connection: { address: "192.0.2.1" } });
  const volumeGroup = new VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
  for (const name of names) new Volume(name, { volumeGroup, size: "1GiB", labels: { tier: "gold" } });
  const target = BackupTarget.existing("offsite", {
    endpoint: "https://s3.example.com",
    bucket: "backups",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "not-a-key" },
    masterKey: Buffer.alloc(32, 7).toString("base64"),
  });
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
