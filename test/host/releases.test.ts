import { readFileSync } from "node:fs";
import { CreateBucketCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, labS3, shOk } from "../lab/index.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { BackupHost, PASSWORD, type Point, succeeded, type Volume } from "./backup-host.js";
import type { Printed } from "./printed.js";
import { laxFront, type TlsFront } from "./tls-front.js";

const [first, second] = labHosts() as [LabHost, LabHost];
const server = labS3();
const caCertificate = readFileSync(server.caCertificateFile, "utf8");
const root = s3Client(server);
const bucket = `releases-${Date.now().toString(36)}`;

interface Side {
  readonly release: string;
  readonly on: BackupHost;
  volume: Volume;
}
const side = (host: LabHost): Side => ({
  release: host.release ?? host.name,
  on: new BackupHost(host),
  volume: undefined as unknown as Volume,
});
const sides = [side(first), side(second)] as const;
const [one, other] = sides;
let front: TlsFront;

beforeAll(async () => {
  await root.send(new CreateBucketCommand({ Bucket: bucket }));
  await root.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  front = await laxFront(server);
  await Promise.all(
    sides.map(async (each) => {
      await each.on.open();
      each.volume = await each.on.volume("data", "64MiB");
    }),
  );
});
afterAll(async () => {
  try {
    expect(await Promise.all(sides.map(({ on }) => on.close()))).toEqual(["", ""]);
    await removeBucket(root, bucket);
  } finally {
    front.close();
    await closeChannels();
  }
});

interface Door {
  readonly endpoint: string;
  readonly caCertificate: string;
}
const folder = (door: Door, prefix: string) => ({
  url: `s3:${door.endpoint}/${bucket}/${prefix}`,
  password: PASSWORD,
  region: server.region,
  accessKeyId: server.accessKeyId,
  secretAccessKey: server.secretAccessKey,
  caCertificate: door.caCertificate,
});
const repository = (door: Door, prefix: string, { volume }: Side) => folder(door, `${prefix}/${volume.id}`);
const listVolumes = ({ on }: Side, door: Door, prefix: string): Promise<Printed<{ volumes: { volume: string }[] }>> =>
  on.run("volumes", { repository: folder(door, prefix) });

test("the two hosts of a pair run two releases, each the one that it is said to run", async () => {
  const found = await Promise.all(
    [first, second].map((host) => shOk(host, ". /etc/os-release; echo $VERSION_CODENAME")),
  );
  expect(found.map((name) => name.trim())).toEqual([first.release, second.release]);
  expect(new Set(found).size).toBe(2);
});

test.each([
  [one.release, other.release, one, other],
  [other.release, one.release, other, one],
])("what %s has backed up, %s lists, verifies and restores", async (_, __, from, to) => {
  const access = repository({ endpoint: server.endpoint, caCertificate }, "plain", from);
  const backup = async (): Promise<Point> => succeeded(await from.volume.tryBackup({ repository: access }));
  await from.volume.write(0, 9000);
  const whole = await backup();
  await from.volume.write(20_000, 300);
  const changes = await backup();
  expect([whole.full, changes.full]).toEqual(["there is no base yet", undefined]);

  const request = { ...from.volume.request, repository: access };
  expect(succeeded(await to.on.run("list", request))).toMatchObject({
    recoveryPoints: [{ id: whole.id }, { id: changes.id }],
  });
  expect(succeeded(await to.on.run("verify", request))).not.toHaveProperty("warning");
  const { device, ...restored } = await to.on.restore(from.volume, changes.id, 64, { repository: access });
  expect(succeeded(restored).digest).toBe(changes.digest);
  const sha256 = (on: BackupHost, path: string) => on.sh(`sha256sum <${path}`);
  expect(await sha256(to.on, device)).toBe(await sha256(from.on, from.volume.device));
});

describe.each(sides.map((each) => [each.release, each] as const))("On %s a store", (_, each) => {
  test.each([
    ["whose authority has no key usage", "lax", () => front.caCertificate],
    ["whose own certificate is the one that is trusted", "own", () => front.certificate],
  ])("%s is good for backups and for what is beside them", async (_, name, trusted) => {
    const prefix = `${name}-${each.release}`;
    const door = { endpoint: front.endpoint, caCertificate: trusted() };
    const access = { repository: repository(door, prefix, each), target: prefix };
    const point = succeeded(await each.volume.tryBackup(access));
    expect(succeeded(await each.on.run("list", { ...each.volume.request, ...access }))).toMatchObject({
      recoveryPoints: [{ id: point.id }],
    });
    expect(succeeded(await listVolumes(each, door, prefix)).volumes).toMatchObject([{ volume: each.volume.id }]);
  });

  test("of an authority that is not trusted is refused by both, in the same words", async () => {
    const door = { endpoint: front.endpoint, caCertificate };
    const beside = await listVolumes(each, door, "refused");
    const within = await each.on.run("list", {
      ...each.volume.request,
      repository: repository(door, "refused", each),
    });
    expect(beside.failure).toMatchObject({ code: "tls" });
    expect(within.failure).toMatchObject({ code: "tls", next: beside.failure?.next });
  });
});
