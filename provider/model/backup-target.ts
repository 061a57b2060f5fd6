import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { plainText } from "./plain-text.js";
import { refuseTooLong } from "./tag-length.js";

/** Bytes of a master key, at least; HKDF derives keys of this length from it. */
export const MASTER_KEY_BYTES = 32;

const endpoint = z
  .string()
  .refine(isHttpsOrigin, 'must be an https URL without user, path or query, such as "https://s3.example.com"')
  .transform((url) => new URL(url).origin)
  .meta({ description: "https URL of the S3 API" });

function isHttpsOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  return protocol === "https:" && [username, password, search, hash].every((part) => part === "") && pathname === "/";
}

const region = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the name of a region, such as "eu-central-1"')
  .meta({ description: "Region that requests are signed for" });

const bucket = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "must be 3 to 63 of a-z 0-9 . - that start and end with a letter or digit (S3's rule)",
  )
  .meta({ description: "Name of the bucket" });

const prefix = z
  .string()
  .max(200, "must be at most 200 characters long")
  .regex(
    /^(?:[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*)?$/,
    'must be names of A-Z a-z 0-9 _ . - with single slashes between them and none at the ends, such as "prod/db"',
  )
  .refine((text) => !text.split("/").some((part) => part === "." || part === ".."), "must not have . or .. as a name")
  .meta({ description: "What the keys of all objects begin with; a slash follows it. Empty for the whole bucket" });

const accessKeyId = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
  .meta({ description: "Id of the access key that hosts use" });

const secretAccessKey = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
  .meta({ description: "The access key itself; kept as a secret" });

const masterKey = z
  .string()
  .refine(
    isLongBase64,
    `must be base64 of at least ${MASTER_KEY_BYTES} bytes in one line, as openssl rand -base64 ${MASTER_KEY_BYTES} prints`,
  )
  .meta({ description: "Key from which each repository's password is derived; kept as a secret" });

function isLongBase64(text: string): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.length >= MASTER_KEY_BYTES && bytes.toString("base64") === text;
}

const caCertificate = z
  .string()
  .refine(isCertificate, "must be a certificate in PEM form")
  .meta({ description: "Certificate authority of the endpoint in PEM form, when it is none that every system knows" });

function isCertificate(text: string): boolean {
  try {
    return text.includes("-----BEGIN CERTIFICATE-----") && new X509Certificate(text) !== undefined;
  } catch {
    return false;
  }
}

const days = z.int("must be a whole number of days").min(1, "must be at least 1 day").max(36_500);

/** Days for which a bucket's Object Lock keeps every version. */
export const lockDays = days;

const tagProblem = ({ code }: { readonly code?: string | undefined }) =>
  code === "invalid_key" ? "the key of a tag must have at least 1 character" : undefined;

/** Settings of a bucket that BackupTarget makes. */
export const bucketSettings = z.strictObject({
  bucketName: bucket.optional(),
  prefix: prefix.default(""),
  kmsKeyArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
      'must be the ARN of a KMS key, such as "arn:aws:kms:eu-central-1:123456789012:key/…"',
    )
    .optional(),
  noncurrentDays: days.default(30),
  abortUploadsDays: days.default(7),
  objectLock: z
    .strictObject({
      mode: z.enum(["GOVERNANCE", "COMPLIANCE"], 'must be "GOVERNANCE" or "COMPLIANCE"'),
      days,
    })
    .optional(),
  forceDestroy: z.boolean("must be true or false").default(false),
  tags: z.record(z.string().min(1), z.string(), { error: tagProblem }).default({}),
  endpoint: endpoint.optional(),
  caCertificate: caCertificate.optional(),
  masterKey: masterKey.optional(),
});

/** A bucket that exists, in any store that speaks S3. */
export const existingBucket = z.strictObject({
  endpoint,
  region: region.default("us-east-1"),
  bucket,
  prefix: prefix.default(""),
  credentials: z.strictObject({ accessKeyId, secretAccessKey }),
  lockDays: days.optional(),
  caCertificate: caCertificate.optional(),
  masterKey: masterKey.optional(),
});

/** Where backups go, and with which credential and key: what other resources hold of a BackupTarget. */
export const backupTargetRef = z.strictObject({
  name: plainText("a name")
    .max(200)
    .superRefine((name, context) => refuseTooLong("backup-target", name, context))
    .meta({ description: "The name of the BackupTarget, for messages" }),
  endpoint,
  region,
  bucket,
  prefix,
  accessKeyId,
  secretAccessKey,
  masterKey,
  caCertificate: caCertificate.optional(),
});

/** A target as the other resources hold it. */
export type BackupTargetRef = z.output<typeof backupTargetRef>;
