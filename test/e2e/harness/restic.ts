import { readFileSync } from "node:fs";
import { type LabHost, type LabS3, sh, shOk } from "../../lab/index.js";
import type { Keys } from "../../support/s3.js";

/** Whether restic on a host opens a repository with each of the passwords. */
export async function openedBy(
  host: LabHost,
  { caCertificateFile }: LabS3,
  { accessKeyId, secretAccessKey }: Keys,
  repository: string,
  passwords: readonly string[],
): Promise<boolean[]> {
  await shOk(host, "cat >/root/ca.pem", { input: readFileSync(caCertificateFile, "utf8") });
  const opened: boolean[] = [];
  for (const password of passwords) {
    const { code } = await sh(
      host,
      `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} RESTIC_PASSWORD=${password} restic --no-cache --cacert /root/ca.pem -r ${repository} cat config`,
    );
    opened.push(code === 0);
  }
  await shOk(host, "rm /root/ca.pem");
  return opened;
}
