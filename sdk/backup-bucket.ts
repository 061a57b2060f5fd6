import * as pulumi from "@pulumi/pulumi";
import type { bucketSettings } from "../provider/model/backup-target.js";
import { hostPolicy, tlsOnlyPolicy } from "./bucket-policies.js";
import type { Checked } from "./checked-inputs.js";
import { refusal } from "./refusal.js";

/** How the bucket is to be. */
export type Settings = Checked<(typeof bucketSettings)["shape"]>;

/** What a host needs in order to use the bucket. */
export interface BackupBucket {
  /** Known when all settings of the bucket and the credential's policy are in place. */
  readonly bucket: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;
}

export interface BackupBucketArgs {
  readonly parent: pulumi.ComponentResource;
  readonly settings: Settings;
  /** Whether it has Object Lock. */
  readonly isLocked: boolean;
  /** What must not go before the bucket is gone. */
  readonly before: readonly pulumi.Resource[];
}

/**
 * Makes the bucket and the user of the hosts in AWS.
 *
 * A bucket that is not empty refuses to go. So that it is left whole then, its settings go only with the bucket itself, and what reads
 * it (the hosts' key, the master key) goes after it.
 * @throws {pulumi.RunError} If @pulumi/aws is not installed.
 */
export function backupBucket(name: string, { parent, settings, isLocked, before }: BackupBucketArgs): BackupBucket {
  const { s3, iam } = loadAws(name);
  const { tags } = settings;
  const user = new iam.User(`${name}-host`, { tags }, { parent });
  const accessKey = new iam.AccessKey(`${name}-host-key`, { user: user.name }, { parent });
  const { bucketName, forceDestroy } = settings;
  const bucket = new s3.Bucket(
    name,
    { bucket: bucketName, forceDestroy, tags },
    { parent, dependsOn: [...before, accessKey] },
  );
  const at = { bucket: bucket.bucket };
  const options = { parent, retainOnDelete: true };
  const versioning = new s3.BucketVersioning(
    `${name}-versioning`,
    { ...at, versioningConfiguration: { status: "Enabled" } },
    options,
  );
  const publicAccess = new s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    { ...at, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    options,
  );
  const ownership = new s3.BucketOwnershipControls(
    `${name}-ownership`,
    { ...at, rule: { objectOwnership: "BucketOwnerEnforced" } },
    options,
  );
  const encryption = new s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { ...at, rules: [settings.kmsKeyArn.apply(encryptionRule)] },
    options,
  );
  // One change of a bucket's access at a time: S3 refuses the second with OperationAborted.
  const tlsOnly = new s3.BucketPolicy(
    `${name}-tls-only`,
    { ...at, policy: bucket.arn.apply(tlsOnlyPolicy) },
    { ...options, dependsOn: [publicAccess, ownership] },
  );
  const lifecycle = new s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    { ...at, rules: lifecycleRules(settings) },
    { ...options, dependsOn: [versioning] },
  );
  const rule = settings.objectLock.apply((lock) => ({ defaultRetention: { mode: lock?.mode, days: lock?.days } }));
  const lock = isLocked
    ? [
        new s3.BucketObjectLockConfiguration(
          `${name}-object-lock`,
          { ...at, rule },
          { ...options, dependsOn: [versioning] },
        ),
      ]
    : [];
  const access = pulumi
    .all([bucket.arn, settings.prefix, settings.kmsKeyArn])
    .apply(([bucketArn, prefix, kmsKeyArn]) => ({ bucketArn, prefix, kmsKeyArn }));
  const policy = new iam.UserPolicy(
    `${name}-host-policy`,
    { user: user.name, policy: access.apply(hostPolicy) },
    { parent },
  );
  const all = [versioning, publicAccess, ownership, encryption, tlsOnly, lifecycle, ...lock, policy];
  return {
    bucket: pulumi.all([bucket.bucket, ...all.map(({ id }) => id)]).apply(([made]) => made as string),
    region: bucket.region,
    endpoint: pulumi
      .all([settings.endpoint, bucket.region, bucket.arn])
      .apply(([given, region, arn]) => given ?? regionalEndpoint(region, arn)),
    accessKeyId: accessKey.id,
    secretAccessKey: pulumi.secret(accessKey.secret),
  };
}

/** Loaded when it is used: programs without a bucket in AWS do without the package. */
function loadAws(name: string): { s3: typeof import("@pulumi/aws/s3"); iam: typeof import("@pulumi/aws/iam") } {
  try {
    return { s3: require("@pulumi/aws/s3"), iam: require("@pulumi/aws/iam") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw refusal({
      summary: `Cannot make the bucket of BackupTarget "${name}"`,
      detail: "@pulumi/aws is not installed",
      next: "Install it with npm install @pulumi/aws, or use a bucket that exists with BackupTarget.existing",
    });
  }
}

function encryptionRule(kmsKeyArn: string | undefined) {
  if (kmsKeyArn === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
    // One key of the bucket in place of a call of KMS for each object.
    bucketKeyEnabled: true,
  };
}

function lifecycleRules({ noncurrentDays, abortUploadsDays }: Settings) {
  return [
    {
      id: "expire-noncurrent-versions",
      status: "Enabled",
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays },
      // What is left of an object whose last version has expired.
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      id: "abort-unfinished-uploads",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: abortUploadsDays },
    },
  ];
}

/** The endpoint of S3 in a region (AWS General Reference, Amazon S3 endpoints); China has a domain of its own. */
function regionalEndpoint(region: string, arn: string): string {
  return `https://s3.${region}.amazonaws.com${arn.startsWith("arn:aws-cn:") ? ".cn" : ""}`;
}
