import * as pulumi from "@pulumi/pulumi";
import { BackupTarget, type BackupTargetArgs } from "../../../sdk/backup-target.js";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}
let registered: Registered[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      registered.push({ type, name, inputs });
      const made = { arn: `arn:aws:s3:::${name}`, bucket: name, name, region: "eu-central-1", secret: "key" };
      const key = type === "pulumi-nodejs:dynamic/lvm:MasterKey" ? { key: "generated" } : {};
      return { id: `${name}-id`, state: { ...made, ...key, ...inputs } };
    },
    call: () => ({}),
  });
});
beforeEach(() => {
  registered = [];
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));
const inputsOf = (name: string) => registered.find((each) => each.name === name)?.inputs;

async function made(name: string, args?: BackupTargetArgs): Promise<BackupTarget> {
  const target = new BackupTarget(name, args);
  await resolved(pulumi.all([target.bucket, target.accessKeyId, target.masterKey]));
  return target;
}

describe("BackupTarget", () => {
  test("by default keeps noncurrent versions for 30 days, encrypts with S3's key, and is not removed with data in it", async () => {
    const target = await made("defaults");
    const bucket = registered.find(({ type }) => type === "aws:s3/bucket:Bucket");
    expect(bucket?.inputs).toMatchObject({ forceDestroy: false });
    expect(inputsOf("defaults-lifecycle")).toMatchObject({
      rules: [
        { noncurrentVersionExpiration: { noncurrentDays: 30 } },
        { abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
      ],
    });
    expect(inputsOf("defaults-encryption")).toEqual({
      bucket: "defaults",
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(inputsOf("defaults-object-lock")).toBeUndefined();
    expect(await resolved(target.endpoint)).toBe("https://s3.eu-central-1.amazonaws.com");
  });

  test("marks its secrets, and no more", async () => {
    const { ref } = await made("secrets");
    const secret = await Promise.all(
      Object.values(ref).map((output: pulumi.Output<unknown>) => pulumi.isSecret(output)),
    );
    const names = Object.keys(ref).filter((_, index) => secret[index]);
    expect(names).toEqual(["secretAccessKey", "masterKey"]);
  });

  test("with a given master key generates none", async () => {
    const masterKey = Buffer.alloc(32, 1).toString("base64");
    const target = await made("given", { masterKey: pulumi.output(masterKey) });
    expect(await resolved(target.masterKey)).toBe(masterKey);
    expect(registered.some(({ type }) => type.includes("MasterKey"))).toBe(false);
  });

  test.each<[string, object, string]>([
    ["a prefix with a slash at the end", { prefix: "a/" }, "Cannot use prefix of BackupTarget"],
    ["no days", { noncurrentDays: 0 }, "must be at least 1 day"],
    ["a lock without days", { objectLock: { mode: "GOVERNANCE" } }, "Cannot use objectLock.days of BackupTarget"],
    ["a tag without a key", { tags: { "": "x" } }, "the key of a tag must have at least 1 character"],
    ["a field that it does not know", { retention: 3 }, "there is no such field"],
  ])("refuses %s at once", (title, args, message) => {
    expect(() => new BackupTarget(title, args)).toThrow(message);
  });
});

test("BackupTarget.existing() is a BackupTarget and makes nothing in AWS", async () => {
  const target = BackupTarget.existing("offsite", {
    endpoint: "https://s3.example.com",
    bucket: "acme-backups",
    credentials: { accessKeyId: "id", secretAccessKey: pulumi.secret("secret") },
  });
  expect(target).toBeInstanceOf(BackupTarget);
  expect(await resolved(target.masterKey)).toBe("generated");
  expect(await resolved(target.region)).toBe("us-east-1");
  expect(await pulumi.isSecret(target.secretAccessKey)).toBe(true);
  expect(registered.map(({ type }) => type)).toEqual(["lvm:index:BackupTarget", "pulumi-nodejs:dynamic/lvm:MasterKey"]);
});

test("the package loads no part of @pulumi/aws by itself", () => {
  jest.isolateModules(() => {
    jest.doMock("@pulumi/aws/s3", () => {
      throw new Error("loaded");
    });
    expect(() => require("../../../sdk/index.js")).not.toThrow();
    jest.dontMock("@pulumi/aws/s3");
  });
});
