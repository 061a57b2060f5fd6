import { hostPolicy, tlsOnlyPolicy } from "../../../sdk/bucket-policies.js";

const bucketArn = "arn:aws:s3:::backups";
const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/7f1c0a44";

interface Statement {
  Effect: string;
  Action: string[];
  Resource: string | string[];
  Condition?: object;
}
const statements = (policy: string): Statement[] => (JSON.parse(policy) as { Statement: Statement[] }).Statement;
const allowed = (policy: string) =>
  statements(policy)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => Action);

describe("hostPolicy()", () => {
  const policy = hostPolicy({ bucketArn, prefix: "prod/db", kmsKeyArn: undefined });

  test("allows what backups take, by name, and nothing else", () => {
    expect(allowed(policy).sort()).toEqual([
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:GetBucketLocation",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:ListBucketMultipartUploads",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]);
  });

  test.each([
    ["prod/db", "arn:aws:s3:::backups/prod/db/*", { StringLikeIfExists: { "s3:prefix": ["prod/db/*"] } }],
    ["", "arn:aws:s3:::backups/*", undefined],
  ])('keeps objects and listings below the prefix "%s"', (prefix, objects, condition) => {
    const [listing, , access] = statements(hostPolicy({ bucketArn, prefix, kmsKeyArn: undefined }));
    expect(access?.Resource).toBe(objects);
    expect(listing?.Condition).toEqual(condition);
  });

  test("denies in words whatever ends a version", () => {
    const denied = statements(policy).filter(({ Effect }) => Effect === "Deny");
    expect(denied).toHaveLength(1);
    expect(denied[0]?.Resource).toEqual([bucketArn, `${bucketArn}/*`]);
    expect(denied[0]?.Action).toEqual(
      expect.arrayContaining([
        "s3:BypassGovernanceRetention",
        "s3:DeleteObjectVersion",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
        "s3:PutObjectRetention",
      ]),
    );
    expect(denied[0]?.Action).not.toContain("s3:DeleteObject");
  });

  test("uses the given key through S3 alone", () => {
    const found = statements(hostPolicy({ bucketArn, prefix: "", kmsKeyArn })).at(-1);
    expect(found).toMatchObject({
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: kmsKeyArn,
      Condition: { StringLike: { "kms:ViaService": "s3.*" } },
    });
    expect(allowed(policy).some((action) => action.startsWith("kms:"))).toBe(false);
  });
});

test("tlsOnlyPolicy() denies everybody everything without TLS", () => {
  expect(statements(tlsOnlyPolicy(bucketArn))).toEqual([
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});
