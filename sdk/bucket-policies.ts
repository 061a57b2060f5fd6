/** What a host's credential is for, in Amazon's terms. */
export interface HostAccess {
  /** ARN of the bucket. */
  readonly bucketArn: string;
  /** No slash at the ends; empty for the whole bucket. */
  readonly prefix: string;
  /** ARN of the key that the bucket encrypts with, when it is not S3's own. */
  readonly kmsKeyArn: string | undefined;
}

/** Whatever ends a version, shortens its life or opens the bucket (Service Authorization Reference, Amazon S3). */
const HISTORY_ENDING = [
  "s3:BypassGovernanceRetention",
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:DeleteObjectVersion",
  "s3:ObjectOwnerOverrideToBucketOwner",
  "s3:PutBucketAcl",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:PutReplicationConfiguration",
];

/**
 * The policy of the user whose key is on the hosts. It reads, writes and deletes objects below the prefix. In a versioned bucket a
 * delete or an overwrite leaves the old version, which this user can reach no more.
 */
export function hostPolicy({ bucketArn, prefix, kmsKeyArn }: HostAccess): string {
  const objects = prefix === "" ? `${bucketArn}/*` : `${bucketArn}/${prefix}/*`;
  const listing = {
    Sid: "List",
    Effect: "Allow",
    Action: ["s3:ListBucket"],
    Resource: bucketArn,
    // IfExists: restic asks first whether the bucket exists, which S3 takes for a listing without a prefix.
    ...(prefix !== "" && { Condition: { StringLikeIfExists: { "s3:prefix": [`${prefix}/*`] } } }),
  };
  const statements = [
    listing,
    // Names of uploads cannot be restricted to a prefix, and the region is no secret.
    {
      Sid: "Look",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
      Resource: bucketArn,
    },
    {
      Sid: "ReadAndWrite",
      Effect: "Allow",
      Action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
      ],
      Resource: objects,
    },
    // Said although nothing allows it, so that no other policy of the account can allow it by accident.
    { Sid: "KeepHistory", Effect: "Deny", Action: HISTORY_ENDING, Resource: [bucketArn, `${bucketArn}/*`] },
    ...(kmsKeyArn === undefined
      ? []
      : [
          {
            Sid: "Encrypt",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: kmsKeyArn,
            Condition: { StringLike: { "kms:ViaService": "s3.*" } },
          },
        ]),
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The bucket's policy: nobody gets in without TLS. */
export function tlsOnlyPolicy(bucketArn: string): string {
  const statement = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
