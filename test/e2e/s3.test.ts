import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { type LabHost, labHosts, labS3, sh, shOk, startS3, stopS3 } from "../lab/index.js";
import { iamClient, type Keys, removeBucket, s3Client } from "../support/s3.js";

const [host] = labHosts() as [LabHost];
const server = labS3();
const root = s3Client(server);
const bucket = `lab-${Date.now().toString(36)}`;
const lifecycle = {
  Bucket: bucket,
  LifecycleConfiguration: {
    Rules: [
      {
        ID: "old",
        Status: "Enabled" as const,
        Filter: { Prefix: "" },
        NoncurrentVersionExpiration: { NoncurrentDays: 3 },
      },
    ],
  },
};

/** What the other suites rely on. */
describe("the lab's S3 server", () => {
  let user: Keys;

  beforeAll(async () => {
    await root.send(new CreateBucketCommand({ Bucket: bucket }));
    const iam = iamClient(server);
    await iam.send(new CreateUserCommand({ UserName: bucket }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: bucket }));
    user = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    const allow = { Effect: "Allow", Action: ["s3:*"], Resource: `arn:aws:s3:::${bucket}/mine/*` };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
    await iam.send(new PutUserPolicyCommand({ UserName: bucket, PolicyName: "mine", PolicyDocument }));
  });

  test("a host reaches it with the lab's certificate authority, and not without", async () => {
    const certificate = readFileSync(server.caCertificateFile, "utf8");
    await shOk(host, "cat >/run/lab-ca.pem", { input: certificate });
    const get = `curl -s -o /dev/null -w '%{http_code}' ${server.endpoint}`;
    expect(await shOk(host, `${get} --cacert /run/lab-ca.pem`)).toBe("403");
    expect((await sh(host, get)).code).toBe(60);
  });

  test("IAM decides what a user may do", async () => {
    const s3 = s3Client(server, user);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "mine/a", Body: "a" }));
    const other = s3.send(new PutObjectCommand({ Bucket: bucket, Key: "other/a", Body: "a" }));
    await expect(other).rejects.toMatchObject({ name: "AccessDenied" });
    expect(readFileSync(join(server.objects, bucket, "mine/a"), "utf8")).toBe("a");
  });

  test("a bucket policy tells TLS from plain HTTP", async () => {
    const condition = { Bool: { "aws:SecureTransport": "false" } };
    const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: resources, Condition: condition };
    const plain = s3Client(server, user, server.plainEndpoint);
    const get = () => new GetObjectCommand({ Bucket: bucket, Key: "mine/a" });
    await plain.send(get());
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny] });
    await root.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    await expect(plain.send(get())).rejects.toMatchObject({ name: "AccessDenied" });
    await s3Client(server, user).send(get());
  });

  test("it keeps the bucket settings that the gateway lacks, for root alone", async () => {
    await root.send(new PutBucketLifecycleConfigurationCommand(lifecycle));
    const { Rules } = await root.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    expect(Rules).toEqual(lifecycle.LifecycleConfiguration.Rules);
    const wrongKey = s3Client(server, { ...server, secretAccessKey: "wrong" });
    for (const client of [s3Client(server, user), wrongKey])
      await expect(client.send(new PutBucketLifecycleConfigurationCommand(lifecycle))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 403 },
      });
  });

  test("tests stop it, and start it again with all that it had", async () => {
    await stopS3(server);
    try {
      // A client of its own: one that keeps a connection of before may be told of its end in other words.
      const asked = s3Client(server).send(new HeadBucketCommand({ Bucket: bucket }));
      await expect(asked).rejects.toThrow("ECONNREFUSED");
    } finally {
      await startS3(server);
    }
    await s3Client(server, user).send(new GetObjectCommand({ Bucket: bucket, Key: "mine/a" }));
    const { Rules } = await root.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    expect(Rules).toHaveLength(1);
  });

  test("a bucket takes its settings with it", async () => {
    await removeBucket(root, bucket);
    await root.send(new CreateBucketCommand({ Bucket: bucket }));
    const settings = root.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    await expect(settings).rejects.toMatchObject({ name: "NoSuchLifecycleConfiguration" });
    await removeBucket(root, bucket);
  });
});
