import { readFileSync } from "node:fs";
import type { LabS3 } from "../../lab/index.js";
import { awsOf, type Spec } from "../../support/spec.js";

/** What a target says of the lab's S3 beside its bucket. */
export const targetReach = ({ endpoint, caCertificateFile }: LabS3) => ({
  endpoint,
  caCertificate: readFileSync(caCertificateFile, "utf8"),
});

/** A BackupTarget whose bucket is made, and nothing else. */
export function madeTarget(server: LabS3, more: Record<string, unknown> = {}): Spec {
  const settings = { prefix: "prod/db", tags: { team: "storage" }, noncurrentDays: 14, abortUploadsDays: 3 };
  return {
    hosts: {},
    aws: awsOf(server),
    targets: { backups: { ...settings, ...targetReach(server), ...more } },
  };
}

/** Component, bucket, six settings, user, policy, key, master key, the provider and the stack. */
export const RESOURCES = 14;
