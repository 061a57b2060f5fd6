import { readFileSync, rmSync } from "node:fs";
import { GetUserCommand } from "@aws-sdk/client-iam";
import * as S3 from "@aws-sdk/client-s3";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import type { BackupTargetRef } from "pulumi-lvm";
import { sharedTargetRef } from "../../provider/model/refs.js";
import { type LabHost, labHosts, labS3, shOk } from "../lab/index.js";
import { infraRepository } from "../support/infra-repository.js";
import { iamClient, refused, s3Client } from "../support/s3.js";
import { configureAws } from "./harness/configure-aws.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { madeTarget, RESOURCES, targetReach } from "./stacks/made-target.js";

const [, host] = labHosts() as [LabHost, LabHost];
const server = labS3();
const root = s3Client(server);
const caCertificate = readFileSync(server.caCertificateFile, "utf8");
const reach = targetReach(server);
const withTarget = (more?: Record<string, unknown>) => madeTarget(server, more);

describe("BackupTarget", () => {
  let deployment: Deployment;
  let target: BackupTargetRef;
  const ref = async () => sharedTargetRef.parse((await deployment.outputs())["backups-target"]);
  const keysOfHost = () => ({ accessKeyId: target.accessKeyId, secretAccessKey: target.secretAccessKey });

  beforeAll(async () => {
    deployment = await Deployment.open("target");
  });
  afterAll(() => deployment.close());

  test("up makes it, and its reference says all that a host needs", async () => {
    expect(changesOf(await deployment.preview(withTarget()))).toEqual({ create: RESOURCES });
    expect(changesOf(await deployment.up(withTarget()))).toEqual({ create: RESOURCES });
    target = await ref();
    expect(target).toMatchObject({ name: "backups", prefix: "prod/db", region: "us-east-1", ...reach });
    expect(Buffer.from(target.masterKey, "base64")).toHaveLength(32);
  });

  test("up again and refresh change nothing", async () => {
    expect(changesOf(await deployment.up())).toEqual({ same: RESOURCES });
    expect(changesOf(await deployment.refresh())).toEqual({ same: RESOURCES });
    expect(changesOf(await deployment.preview())).toEqual({ same: RESOURCES });
    expect(await ref()).toEqual(target);
  });

  test("the state and the output of the CLI hold no secret", async () => {
    const { output } = await deployment.preview(withTarget({ noncurrentDays: 15 }));
    const state = deployment.stateFile();
    for (const secret of [target.secretAccessKey, target.masterKey]) {
      expect(state).not.toContain(secret);
      expect(output).not.toContain(secret);
    }
  });

  test("the bucket has the settings that it is to have", async () => {
    const at = { Bucket: target.bucket };
    expect((await root.send(new S3.GetBucketVersioningCommand(at))).Status).toBe("Enabled");
    const encryption = await root.send(new S3.GetBucketEncryptionCommand(at));
    expect(encryption.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
    ]);
    const access = await root.send(new S3.GetPublicAccessBlockCommand(at));
    expect(access.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    const ownership = await root.send(new S3.GetBucketOwnershipControlsCommand(at));
    expect(ownership.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    const { Rules } = await root.send(new S3.GetBucketLifecycleConfigurationCommand(at));
    expect(Rules).toMatchObject([
      { Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 14 } },
      { Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
    ]);
    expect((await root.send(new S3.GetBucketTaggingCommand(at))).TagSet).toEqual([{ Key: "team", Value: "storage" }]);
    await expect(root.send(new S3.GetObjectLockConfigurationCommand(at))).rejects.toMatchObject({
      name: "ObjectLockConfigurationNotFoundError",
    });
  });

  test("the host's key lists, reads, writes and deletes below the prefix, and nowhere else", async () => {
    const s3 = s3Client(server, keysOfHost());
    const { bucket: Bucket } = target;
    await s3.send(new S3.PutObjectCommand({ Bucket, Key: "prod/db/volumes/a", Body: "first" }));
    await root.send(new S3.PutObjectCommand({ Bucket, Key: "prod/other", Body: "other" }));
    const { Contents } = await s3.send(new S3.ListObjectsV2Command({ Bucket, Prefix: "prod/db/" }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["prod/db/volumes/a"]);
    const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand({ Bucket, Key: "prod/db/b" }));
    await s3.send(new S3.AbortMultipartUploadCommand({ Bucket, Key: "prod/db/b", UploadId }));
    const denied = [
      new S3.ListObjectsV2Command({ Bucket, Prefix: "prod/" }),
      new S3.GetObjectCommand({ Bucket, Key: "prod/other" }),
      new S3.PutObjectCommand({ Bucket, Key: "prod/other", Body: "mine" }),
      new S3.DeleteObjectCommand({ Bucket, Key: "prod/other" }),
      new S3.PutObjectCommand({ Bucket, Key: "prod/dbx", Body: "mine" }),
      new S3.ListBucketsCommand({}),
    ];
    for (const command of denied) await expect(refused(s3, command)).resolves.toBe("AccessDenied");
  });

  test("the host's key can delete or overwrite no version for good", async () => {
    const s3 = s3Client(server, keysOfHost());
    const { bucket: Bucket } = target;
    const object = { Bucket, Key: "prod/db/volumes/a" };
    const { VersionId } = await root.send(new S3.HeadObjectCommand(object));
    await s3.send(new S3.PutObjectCommand({ ...object, Body: "overwritten" }));
    await s3.send(new S3.DeleteObjectCommand(object));
    await expect(refused(s3, new S3.GetObjectCommand(object))).resolves.toBe("NoSuchKey");
    const version = { ...object, VersionId };
    const at = { Bucket };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const attacks = [
      new S3.DeleteObjectCommand(version),
      new S3.PutBucketVersioningCommand({ ...at, VersioningConfiguration: { Status: "Suspended" } }),
      new S3.PutBucketPolicyCommand({ ...at, Policy }),
      new S3.DeleteBucketPolicyCommand(at),
      new S3.DeleteBucketOwnershipControlsCommand(at),
      new S3.PutObjectRetentionCommand({ ...version, Retention: { Mode: "GOVERNANCE", RetainUntilDate: new Date() } }),
      new S3.PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: "OFF" } }),
      new S3.PutObjectLockConfigurationCommand({ ...at, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
      new S3.PutBucketLifecycleConfigurationCommand({
        ...at,
        LifecycleConfiguration: { Rules: [{ ID: "all", Status: "Enabled", Filter: {}, Expiration: { Days: 1 } }] },
      }),
      new S3.DeleteBucketLifecycleCommand(at),
      new S3.DeletePublicAccessBlockCommand(at),
      new S3.DeleteBucketEncryptionCommand(at),
      new S3.DeleteBucketCommand(at),
    ];
    for (const attack of attacks) await expect(refused(s3, attack)).resolves.toBe("AccessDenied");
    const { Errors } = await s3.send(
      new S3.DeleteObjectsCommand({ ...at, Delete: { Objects: [{ Key: object.Key, VersionId }] } }),
    );
    expect(Errors).toMatchObject([{ Code: "AccessDenied" }]);
    const { Body } = await root.send(new S3.GetObjectCommand(version));
    expect(await Body?.transformToString()).toBe("first");
  });

  test("nobody gets in without TLS", async () => {
    const plain = s3Client(server, keysOfHost(), server.plainEndpoint);
    const put = new S3.PutObjectCommand({ Bucket: target.bucket, Key: "prod/db/plain", Body: "read on the way" });
    await expect(refused(plain, put)).resolves.toBe("AccessDenied");
  });

  test("restic backs up and restores from a host with the reference alone", async () => {
    await shOk(host, "cat >/run/target-ca.pem", { input: caCertificate });
    const repository = `s3:${target.endpoint}/${target.bucket}/${target.prefix}/volumes/one`;
    const environment = [
      `AWS_ACCESS_KEY_ID='${target.accessKeyId}'`,
      `AWS_SECRET_ACCESS_KEY='${target.secretAccessKey}'`,
      "RESTIC_PASSWORD=password",
      `RESTIC_REPOSITORY='${repository}'`,
    ];
    const restic = "restic --no-cache --cacert /run/target-ca.pem";
    const found = await shOk(
      host,
      `set -e
export ${environment.join(" ")}
${restic} init >/dev/null
echo content | ${restic} backup --stdin --stdin-filename file >/dev/null
${restic} check >/dev/null
${restic} dump latest /file
${restic} forget --prune --keep-last 1 >/dev/null
rm /run/target-ca.pem`,
      { timeoutMs: 120_000 },
    );
    expect(found).toBe("content\n");
  });

  test("a changed setting is changed in place", async () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/7f1c0a44-0000-4000-8000-000000000000";
    const changes = changesOf(await deployment.up(withTarget({ noncurrentDays: 60, kmsKeyArn })));
    expect(changes).toEqual({ same: RESOURCES - 3, update: 3 });
    const at = { Bucket: target.bucket };
    const { Rules } = await root.send(new S3.GetBucketLifecycleConfigurationCommand(at));
    expect(Rules?.[0]?.NoncurrentVersionExpiration?.NoncurrentDays).toBe(60);
    const encryption = await root.send(new S3.GetBucketEncryptionCommand(at));
    expect(encryption.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKeyArn },
        BucketKeyEnabled: true,
      },
    ]);
    changesOf(await deployment.up(withTarget()));
  });

  test("a setting that was changed behind its back is drift, and put right", async () => {
    const suspended = { Bucket: target.bucket, VersioningConfiguration: { Status: "Suspended" as const } };
    await root.send(new S3.PutBucketVersioningCommand(suspended));
    expect(changesOf(await deployment.refresh())).toEqual({ same: RESOURCES - 1, update: 1 });
    expect(changesOf(await deployment.up())).toEqual({ same: RESOURCES - 1, update: 1 });
    const { Status } = await root.send(new S3.GetBucketVersioningCommand({ Bucket: target.bucket }));
    expect(Status).toBe("Enabled");
  });

  test("a destroy is refused while the bucket is not empty, and leaves its protection and both keys", async () => {
    expect(refusalOf(await deployment.destroy())).toContain("BucketNotEmpty");
    const at = { Bucket: target.bucket };
    expect((await root.send(new S3.GetBucketVersioningCommand(at))).Status).toBe("Enabled");
    expect((await root.send(new S3.GetBucketLifecycleConfigurationCommand(at))).Rules).toHaveLength(2);
    await root.send(new S3.GetPublicAccessBlockCommand(at));
    changesOf(await deployment.up());
    expect(await ref()).toEqual(target);
    expect((await root.send(new S3.ListObjectVersionsCommand(at))).Versions).not.toHaveLength(0);
  });

  test("with forceDestroy a destroy leaves nothing behind", async () => {
    changesOf(await deployment.up(withTarget({ forceDestroy: true })));
    const UserName = (await deployment.state())["backups-host"]?.id ?? "";
    const user = () => iamClient(server).send(new GetUserCommand({ UserName }));
    expect((await user()).User?.Tags).toEqual([{ Key: "team", Value: "storage" }]);
    changesOf(await deployment.destroy());
    await expect(refused(root, new S3.HeadBucketCommand({ Bucket: target.bucket }))).resolves.toBe("NotFound");
    await expect(user()).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

describe("examples/backup-target", () => {
  let directory: string;
  let stack: Stack;

  beforeAll(async () => {
    directory = infraRepository("backup-target");
    stack = await LocalWorkspace.createStack({ stackName: `example-${Date.now().toString(36)}`, workDir: directory });
    await configureAws(stack, server);
    await stack.setConfig("forceDestroy", { value: "true" });
  });
  afterAll(async () => {
    await stack.workspace.removeStack(stack.name, { force: true });
    rmSync(directory, { recursive: true, force: true });
  });

  test("is deployed, has nothing to do after that, and is destroyed", async () => {
    const { outputs } = await stack.up();
    const target = sharedTargetRef.parse(outputs["backups"]?.value);
    expect(target.prefix).toBe(stack.name);
    expect(outputs["masterKey"]).toEqual({ value: target.masterKey, secret: true });
    await stack.up({ expectNoChanges: true });
    await stack.destroy();
    await expect(refused(root, new S3.HeadBucketCommand({ Bucket: target.bucket }))).resolves.toBe("NotFound");
  });
});
