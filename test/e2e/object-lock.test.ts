import * as S3 from "@aws-sdk/client-s3";
import { sharedTargetRef } from "../../provider/model/refs.js";
import { labS3 } from "../lab/index.js";
import { refused, s3Client } from "../support/s3.js";
import type { Spec } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { madeTarget, RESOURCES } from "./stacks/made-target.js";

const server = labS3();
const root = s3Client(server);
const withTarget = (more: Record<string, unknown>) => madeTarget(server, more);

describe("BackupTarget with Object Lock", () => {
  let deployment: Deployment;
  const locked = (days: number, mode = "GOVERNANCE"): Spec =>
    withTarget({ bucketName: bucket, objectLock: { mode, days }, forceDestroy: true });
  const bucket = `locked-${Date.now().toString(36)}`;
  const retention = async () => {
    const found = await root.send(new S3.GetObjectLockConfigurationCommand({ Bucket: bucket }));
    return found.ObjectLockConfiguration?.Rule?.DefaultRetention;
  };

  beforeAll(async () => {
    deployment = await Deployment.open("locked");
  });
  afterAll(() => deployment.close());

  test("it is switched on for a bucket that exists, without replacing it", async () => {
    changesOf(await deployment.up(withTarget({ bucketName: bucket, forceDestroy: true })));
    await root.send(new S3.PutObjectCommand({ Bucket: bucket, Key: "kept", Body: "kept" }));
    expect(changesOf(await deployment.up(locked(2)))).toEqual({ same: RESOURCES, create: 1 });
    expect(await retention()).toEqual({ Mode: "GOVERNANCE", Days: 2 });
    await root.send(new S3.HeadObjectCommand({ Bucket: bucket, Key: "kept" }));
  });

  test("up again and refresh change nothing, and other days are changed in place", async () => {
    expect(changesOf(await deployment.refresh())).toEqual({ same: RESOURCES + 1 });
    expect(changesOf(await deployment.up(locked(3)))).toEqual({ same: RESOURCES, update: 1 });
    expect(await retention()).toEqual({ Mode: "GOVERNANCE", Days: 3 });
  });

  test("the host's key cannot remove a locked version or shorten its time", async () => {
    const { accessKeyId, secretAccessKey } = sharedTargetRef.parse((await deployment.outputs())["backups-target"]);
    const s3 = s3Client(server, { accessKeyId, secretAccessKey });
    const object = { Bucket: bucket, Key: "prod/db/locked" };
    await s3.send(new S3.PutObjectCommand({ ...object, Body: "locked" }));
    // The lab's server does not stamp the default retention on what is written, so it is said here.
    const RetainUntilDate = new Date(Date.now() + 86_400_000);
    await root.send(
      new S3.PutObjectRetentionCommand({ ...object, Retention: { Mode: "GOVERNANCE", RetainUntilDate } }),
    );
    const { VersionId } = await root.send(new S3.HeadObjectCommand(object));
    const attacks = [
      new S3.DeleteObjectCommand({ ...object, VersionId, BypassGovernanceRetention: true }),
      new S3.PutObjectRetentionCommand({ ...object, VersionId, Retention: {}, BypassGovernanceRetention: true }),
    ];
    for (const attack of attacks) await expect(refused(s3, attack)).resolves.toBe("AccessDenied");
    const remove = new S3.DeleteObjectCommand({ ...object, VersionId });
    await expect(root.send(remove)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await root.send(new S3.DeleteObjectCommand({ ...object, VersionId, BypassGovernanceRetention: true }));
  });

  test("destroy leaves nothing behind", async () => {
    changesOf(await deployment.destroy());
    await expect(refused(root, new S3.HeadBucketCommand({ Bucket: bucket }))).resolves.toBe("NotFound");
  });
});
