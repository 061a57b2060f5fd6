import { randomBytes } from "node:crypto";
import { backupTargetRef, bucketSettings } from "../../../../provider/model/backup-target.js";

const ref = {
  name: "backups",
  endpoint: "https://s3.eu-central-1.amazonaws.com",
  region: "eu-central-1",
  bucket: "acme-backups",
  prefix: "prod/db",
  accessKeyId: "AKIA123",
  secretAccessKey: "abc/def+ghi",
  masterKey: randomBytes(32).toString("base64"),
};

test("backupTargetRef takes what a BackupTarget gives", () => {
  expect(backupTargetRef.parse(ref)).toEqual(ref);
});

test("backupTargetRef makes an endpoint an origin", () => {
  expect(backupTargetRef.parse({ ...ref, endpoint: "https://S3.example.com:443/" }).endpoint).toBe(
    "https://s3.example.com",
  );
});

test.each([
  ["endpoint", "http://s3.example.com", "https URL"],
  ["endpoint", "https://user:pw@s3.example.com", "https URL"],
  ["endpoint", "https://s3.example.com/bucket", "https URL"],
  ["endpoint", "s3.example.com", "https URL"],
  ["region", "EU Central", "region"],
  ["bucket", "Ab", "3 to 63"],
  ["prefix", "/prod", "none at the ends"],
  ["prefix", "prod/", "none at the ends"],
  ["prefix", "prod//db", "single slashes"],
  ["prefix", "prod/../db", ". or .."],
  ["prefix", "prod/*", "names of"],
  ["accessKeyId", "", "printable"],
  ["secretAccessKey", "with space", "printable"],
  ["masterKey", randomBytes(31).toString("base64"), "at least 32 bytes"],
  ["masterKey", randomBytes(32).toString("hex").slice(1), "base64"],
  ["masterKey", `${randomBytes(48).toString("base64")}\n`, "one line"],
  ["caCertificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "PEM"],
])("backupTargetRef refuses %s %j and does not repeat it", (field, value, reason) => {
  const { error } = backupTargetRef.safeParse({ ...ref, [field]: value });
  expect(error?.issues).toMatchObject([{ path: [field], message: expect.stringContaining(reason) }]);
  if (value.length > 20) expect(error?.message).not.toContain(value);
});

test.each([
  ["noncurrentDays", 0],
  ["noncurrentDays", 1.5],
  ["abortUploadsDays", 40_000],
  ["objectLock", { mode: "governance", days: 1 }],
  ["objectLock", { mode: "GOVERNANCE" }],
  ["kmsKeyArn", "alias/backups"],
  ["forceDestroy", "yes"],
])("bucketSettings refuses %s %j", (field, value) => {
  expect(bucketSettings.safeParse({ [field]: value }).success).toBe(false);
});

test("bucketSettings has a default for each setting that a bucket needs", () => {
  expect(bucketSettings.parse({})).toEqual({
    prefix: "",
    noncurrentDays: 30,
    abortUploadsDays: 7,
    forceDestroy: false,
    tags: {},
  });
});
