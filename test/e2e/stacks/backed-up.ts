import { readFileSync } from "node:fs";
import type { LabHost, LabS3 } from "../../lab/index.js";
import { awsOf, oneHost, type Spec } from "../../support/spec.js";

/** A thin volume, one with a file system and a linear one, and a target in a bucket that is made. */
export function volumesToBackUp(host: LabHost, server: LabS3): Spec & Required<Pick<Spec, "volumes" | "backups">> {
  const caCertificate = readFileSync(server.caCertificateFile, "utf8");
  return {
    ...oneHost(host),
    aws: awsOf(server),
    targets: { offsite: { prefix: "fleet", endpoint: server.endpoint, caCertificate } },
    volumes: {
      data: { pool: "pool", size: "512MiB", deletionPolicy: "delete" },
      files: { pool: "pool", size: "64MiB", fileSystem: "ext4", deletionPolicy: "delete" },
      plain: { volumeGroup: "fast", size: "64MiB", deletionPolicy: "delete" },
    },
    backups: {},
  };
}
