import { readFileSync } from "node:fs";
import type { LabS3 } from "../../lab/index.js";

/** Arguments of BackupTarget.existing for a bucket of the lab's server. Its secret key is the stack's secret "s3". */
export function existingTarget({ endpoint, accessKeyId, caCertificateFile }: LabS3, bucket: string) {
  return {
    endpoint,
    bucket,
    caCertificate: readFileSync(caCertificateFile, "utf8"),
    credentials: { accessKeyId, secretAccessKey: { secret: "s3" } },
  };
}
