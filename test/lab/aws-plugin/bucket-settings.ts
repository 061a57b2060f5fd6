import * as S3 from "@aws-sdk/client-s3";
import { isSame, type Properties, restrict } from "./property-values.js";
import type { Account, ResourceType } from "./resource-type.js";

/** How one setting of a bucket is written, read and removed. Documents are AWS's with lower-case first letters. */
interface Setting {
  /** Makes the request from the resource's inputs, all of which but the bucket are AWS's already. */
  put(account: Account, Bucket: string, aws: Properties): Promise<unknown>;
  /** Gives the same back, as AWS's document. */
  get(account: Account, Bucket: string): Promise<unknown>;
  remove(account: Account, Bucket: string): Promise<unknown>;
}

/** A resource that is one setting of a bucket. */
function setting({ put, get, remove }: Setting): ResourceType {
  const write = async (account: Account, { bucket, ...rest }: Properties): Promise<string> => {
    await put(account, `${bucket}`, renamed(rest, toAws) as Properties);
    return `${bucket}`;
  };
  return {
    fixed: ["bucket"],
    async create(account, inputs) {
      return { id: await write(account, inputs), outputs: inputs };
    },
    async read(account, id, inputs) {
      const found = { ...(renamed(await get(account, id), fromAws) as Properties), bucket: id };
      return restrict(Object.keys(inputs).length > 0 ? inputs : found, found) as Properties;
    },
    async update(account, _id, inputs) {
      await write(account, inputs);
      return inputs;
    },
    async delete(account, id) {
      await remove(account, id);
    },
  };
}

export const bucketVersioning = setting({
  put: ({ s3 }, Bucket, { VersioningConfiguration }) =>
    s3.send(new S3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: VersioningConfiguration as never })),
  get: async ({ s3 }, Bucket) => {
    const { Status } = await s3.send(new S3.GetBucketVersioningCommand({ Bucket }));
    return { VersioningConfiguration: { Status } };
  },
  remove: ({ s3 }, Bucket) =>
    s3.send(new S3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
});

export const bucketEncryption = setting({
  put: ({ s3 }, Bucket, aws) =>
    s3.send(new S3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: aws as never })),
  get: async ({ s3 }, Bucket) =>
    (await s3.send(new S3.GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration,
  remove: ({ s3 }, Bucket) => s3.send(new S3.DeleteBucketEncryptionCommand({ Bucket })),
});

export const bucketPublicAccessBlock = setting({
  put: ({ s3 }, Bucket, PublicAccessBlockConfiguration) =>
    s3.send(new S3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration })),
  get: async ({ s3 }, Bucket) =>
    (await s3.send(new S3.GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration,
  remove: ({ s3 }, Bucket) => s3.send(new S3.DeletePublicAccessBlockCommand({ Bucket })),
});

export const bucketOwnershipControls = setting({
  put: ({ s3 }, Bucket, { Rule }) =>
    s3.send(new S3.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [Rule as never] } })),
  get: async ({ s3 }, Bucket) => {
    const { OwnershipControls } = await s3.send(new S3.GetBucketOwnershipControlsCommand({ Bucket }));
    return { Rule: OwnershipControls?.Rules?.[0] };
  },
  remove: ({ s3 }, Bucket) => s3.send(new S3.DeleteBucketOwnershipControlsCommand({ Bucket })),
});

export const bucketLifecycle = setting({
  put: ({ s3 }, Bucket, aws) =>
    s3.send(new S3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: aws as never })),
  get: async ({ s3 }, Bucket) => {
    const { Rules = [] } = await s3.send(new S3.GetBucketLifecycleConfigurationCommand({ Bucket }));
    // An empty filter is left out of the SDK's answer.
    return { Rules: Rules.map((rule) => ({ Filter: {}, ...rule })) };
  },
  remove: ({ s3 }, Bucket) => s3.send(new S3.DeleteBucketLifecycleCommand({ Bucket })),
});

export const bucketObjectLock = setting({
  put: ({ s3 }, Bucket, aws) => s3.send(lock(Bucket, aws)),
  get: async ({ s3 }, Bucket) =>
    (await s3.send(new S3.GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration,
  // It cannot be switched off, so its rule goes.
  remove: ({ s3 }, Bucket) => s3.send(lock(Bucket, {})),
});

function lock(Bucket: string, aws: Properties): S3.PutObjectLockConfigurationCommand {
  return new S3.PutObjectLockConfigurationCommand({
    Bucket,
    ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", ...aws },
  });
}

const policy = setting({
  put: ({ s3 }, Bucket, { Policy }) => s3.send(new S3.PutBucketPolicyCommand({ Bucket, Policy: `${Policy}` })),
  get: ({ s3 }, Bucket) => s3.send(new S3.GetBucketPolicyCommand({ Bucket })),
  remove: ({ s3 }, Bucket) => s3.send(new S3.DeleteBucketPolicyCommand({ Bucket })),
});

export const bucketPolicy: ResourceType = {
  ...policy,
  async read(account, id, inputs, outputs) {
    const found = await policy.read(account, id, inputs, outputs);
    return { ...found, policy: asWritten(`${found["policy"]}`, inputs["policy"]) };
  },
};

/** A policy document as the program wrote it, when AWS's says the same. */
export function asWritten(found: string, written: unknown): string {
  return typeof written === "string" && isSame(JSON.parse(found), JSON.parse(written)) ? written : found;
}

/** Names that differ from AWS's in more than the case of the first letter. */
const UPPER: Record<string, string> = { id: "ID", sseAlgorithm: "SSEAlgorithm", kmsMasterKeyId: "KMSMasterKeyID" };
const LOWER = Object.fromEntries(Object.entries(UPPER).map(([lower, upper]) => [upper, lower]));

const toAws = (key: string): string => UPPER[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
const fromAws = (key: string): string => LOWER[key] ?? `${key.charAt(0).toLowerCase()}${key.slice(1)}`;

function renamed(value: unknown, name: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), renamed(inner, name)]));
}
