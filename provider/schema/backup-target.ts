import { z } from "zod";
import { plainText } from "./plain-text.js";

/** Where backups go and what opens them, as a BackupTarget hands it to what uses it. */
export const backupTargetRef = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, "must be 1 to 63 of A-Z a-z 0-9 _ . -")
    .meta({
      description: "Name of the BackupTarget; the host files what it knows of the backups under it",
    }),
  endpoint: z.url({ protocol: /^https?$/ }).meta({ description: "Address of the S3 API" }),
  region: plainText("a region").max(100),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket"),
  prefix: z
    .string()
    .regex(/^(?:[A-Za-z0-9_.!*'()-]+(?:\/[A-Za-z0-9_.!*'()-]+)*)?$/, "must be a path without a slash at its ends"),
  accessKeyId: plainText("an access key").max(200),
  secretAccessKey: plainText("a secret access key").max(400),
  masterKey: z.string().min(1).meta({ description: "The key that the passwords of all repositories are derived from" }),
  caCertificate: z.string().optional().meta({ description: "PEM of the CA that signs the store's certificate" }),
});

/** A backup target with everything that opens it: a secret. */
export type BackupTargetRef = z.output<typeof backupTargetRef>;
