import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, labS3, sh, startS3, stopS3 } from "../lab/index.js";
import { until } from "../support/hold.js";
import { iamClient, type Keys, removeBucket, s3Client } from "../support/s3.js";
import { BackupHost, PASSWORD, type Point, succeeded, type Volume } from "./backup-host.js";
import type { Printed } from "./printed.js";

const [, host] = labHosts() as [LabHost, LabHost];
const server = labS3();
const root = s3Client(server);
const iam = iamClient(server);
const bucket = `backup-${Date.now().toString(36)}`;
const on = new BackupHost(host);
let volume: Volume;
let user: Keys;

/** The policy that a backup target gives to a host: no deletion of versions, nothing outside of the prefix. */
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: `arn:aws:s3:::${bucket}` },
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `arn:aws:s3:::${bucket}/hosts/*`,
    },
  ],
});

beforeAll(async () => {
  await on.open();
  await root.send(new CreateBucketCommand({ Bucket: bucket }));
  await root.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await iam.send(new CreateUserCommand({ UserName: bucket }));
  await iam.send(new PutUserPolicyCommand({ UserName: bucket, PolicyName: "backups", PolicyDocument: policy }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: bucket }));
  user = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  volume = await on.volume("data", "64MiB");
});
afterAll(async () => {
  try {
    await startS3(server);
    expect(await on.close()).toBe("");
    await iam.send(new DeleteAccessKeyCommand({ UserName: bucket, AccessKeyId: user.accessKeyId }));
    await iam.send(new DeleteUserPolicyCommand({ UserName: bucket, PolicyName: "backups" }));
    await iam.send(new DeleteUserCommand({ UserName: bucket }));
    await removeBucket(root, bucket);
  } finally {
    await closeChannels();
  }
});

const repository = () => ({
  url: `s3:${server.endpoint}/${bucket}/hosts/volumes/${volume.id}`,
  password: PASSWORD,
  region: server.region,
  ...user,
  caCertificate: readFileSync(server.caCertificateFile, "utf8"),
});
const backup = (more: Record<string, unknown> = {}): Promise<Printed<Point>> =>
  volume.tryBackup({ repository: repository(), ...more });
/** Restic has opened the repository, and sends. */
const isSending = () =>
  until("restic sends", async () => {
    const locks = join(server.objects, bucket, "hosts/volumes", volume.id, "locks");
    return existsSync(locks) && readdirSync(locks).length > 0;
  });
const setKey = (Status: "Active" | "Inactive") =>
  iam.send(new UpdateAccessKeyCommand({ UserName: bucket, AccessKeyId: user.accessKeyId, Status }));

/** After a fault, the next backup succeeds by itself and leaves nothing behind. */
async function expectRecovery(): Promise<Point> {
  const point = succeeded(await backup());
  expect(await on.leftovers()).toBe("");
  return point;
}

test("a store with a certificate that nobody signed is refused in words", async () => {
  const { failure, text } = await backup({ repository: { ...repository(), caCertificate: undefined } });
  expect(failure?.code).toBe("tls");
  expect(text).not.toContain(user.secretAccessKey);
});

test("backup, list, verify and restore go through S3 with a credential that may not delete versions", async () => {
  await volume.write(0, 9000);
  const first = await expectRecovery();
  await volume.write(20_000, 64);
  const second = await expectRecovery();
  expect([first.full, second.full, second.changedSegments]).toEqual(["there is no base yet", undefined, 1]);
  const request = { ...volume.request, repository: repository() };
  expect(succeeded(await on.run("list", request))).toMatchObject({
    recoveryPoints: [{ id: first.id }, { id: second.id }],
  });
  const folder = { ...repository(), url: repository().url.replace(/\/[^/]+$/, "") };
  const { volumes } = succeeded(await on.run("volumes", { repository: folder })) as unknown as { volumes: unknown[] };
  expect(volumes).toEqual([{ volume: volume.id, name: "data", stack: expect.any(String), host: expect.any(String) }]);
  expect(succeeded(await on.run("verify", request))).not.toHaveProperty("warning");
  const { device, ...restored } = await on.restore(volume, "latest-verified", 64, { repository: repository() });
  expect(succeeded(restored).digest).toBe(second.digest);
  await on.sh(`cmp ${device} ${volume.device}`);
});

test("the store gone before and during a backup: it fails in words, and the next one succeeds", async () => {
  await volume.write(30_000, 20_000);
  await stopS3(server);
  const before = await backup();
  expect(before.failure).toMatchObject({ code: "unreachable" });
  await startS3(server);
  const during = backup({ limits: { uploadKiBps: 512, deadlineSeconds: 25 } });
  await isSending();
  await stopS3(server);
  try {
    expect((await during).failure?.code).toMatch(/^(unreachable|deadline)$/);
  } finally {
    await startS3(server);
  }
  await expectRecovery();
});

test("the store gone after the data and before the manifest: no recovery point, and the next backup tidies up", async () => {
  await volume.write(10_000, 5_000);
  const points = async () =>
    (
      succeeded(await on.run("list", { ...volume.request, repository: repository() })) as unknown as {
        recoveryPoints: Point[];
      }
    ).recoveryPoints.map(({ id }) => id);
  const known = await points();
  // Holds restic up where it is to store the manifest.
  const wrapper = `#!/bin/sh
case "$*" in *--stdin-filename*) : >/run/lab-at-manifest; while [ -e /run/lab-at-manifest ]; do sleep 0.1; done ;; esac
exec /usr/bin/restic "$@"`;
  await on.sh(
    `printf '%s\n' '${wrapper.replaceAll("'", "'\\''")}' >/usr/local/sbin/restic; chmod 755 /usr/local/sbin/restic`,
  );
  try {
    const cut = backup({ limits: { deadlineSeconds: 40 } });
    await until("the manifest is due", async () => (await sh(host, "test -e /run/lab-at-manifest")).code === 0);
    await stopS3(server);
    await on.sh("rm /run/lab-at-manifest /usr/local/sbin/restic");
    expect((await cut).failure?.code).toMatch(/^(unreachable|deadline)$/);
  } finally {
    await startS3(server);
    await on.sh("rm -f /run/lab-at-manifest /usr/local/sbin/restic");
  }
  expect(await points()).toEqual(known);
  const point = await expectRecovery();
  expect(await points()).toEqual([...known, point.id]);
});

test("credentials revoked midway: it fails in words, and the next one succeeds when they are back", async () => {
  await volume.write(5_000, 20_000);
  const during = backup({ limits: { uploadKiBps: 512, deadlineSeconds: 60 } });
  await isSending();
  await setKey("Inactive");
  expect((await during).failure?.code).toMatch(/^(credentials|deadline)$/);
  expect((await backup({ limits: { deadlineSeconds: 60 } })).failure?.code).toMatch(/^(credentials|deadline)$/);
  expect((await volume.status()).lastAttempt.isSuccess).toBe(false);
  await setKey("Active");
  const point = await expectRecovery();
  const { device, ...restored } = await on.restore(volume, point.id, 64, { repository: repository() });
  expect(succeeded(restored).digest).toBe(point.digest);
  await on.sh(`cmp ${device} ${volume.device}`);
});

test("packs that a store has swapped are damage, also where one is shorter than what is asked of it", async () => {
  const { Contents = [] } = await root.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `hosts/volumes/${volume.id}/data/` }),
  );
  const packs = Contents.toSorted((a, b) => Number(b.Size) - Number(a.Size)).map(({ Key }) => String(Key));
  const [long = "", short = ""] = [packs[0], packs.at(-1)];
  const bodyOf = async (Key: string): Promise<Uint8Array> => {
    const { Body } = await root.send(new GetObjectCommand({ Bucket: bucket, Key }));
    if (Body === undefined) throw new Error(`${Key} has no bytes`);
    return Body.transformToByteArray();
  };
  const swap = async () => {
    const [inLong, inShort] = [await bodyOf(long), await bodyOf(short)];
    await root.send(new PutObjectCommand({ Bucket: bucket, Key: long, Body: inShort }));
    await root.send(new PutObjectCommand({ Bucket: bucket, Key: short, Body: inLong }));
  };
  const request = { ...volume.request, repository: repository() };
  await swap();
  // What a verification says of it host/backup-integrity asks, without a store that restic asks for a minute.
  const { failure } = await on.restore(volume, "latest", 64, { repository: repository() });
  expect(failure).toMatchObject({ code: expect.stringMatching(/^(damaged|mismatch)$/) });
  await swap();
  succeeded(await on.run("verify", request));
});

test("a target whose path has words of restic's failures in it is taken for what it is", async () => {
  const url = `s3:${server.endpoint}/${bucket}/hosts/certificate-errors/${volume.id}`;
  const point = succeeded(await backup({ repository: { ...repository(), url }, target: "words" }));
  expect(point).toMatchObject({ number: 1, full: "there is no base yet" });
});
