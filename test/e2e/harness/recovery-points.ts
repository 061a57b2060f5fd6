import { readFileSync } from "node:fs";
import { programRequest } from "../../../provider/hosts/backups/backup-request.js";
import { type LabHost, type LabS3, shOk } from "../../lab/index.js";

export interface Point {
  readonly id: string;
  readonly time: string;
  readonly verified: string | null;
}

/** The recovery points of a volume in target "offsite", the oldest first, as the host's program lists them: asked past the schedules. */
export async function recoveryPoints(
  host: LabHost,
  { endpoint, accessKeyId, secretAccessKey, region, caCertificateFile }: LabS3,
  { bucket, masterKey }: { bucket: string; masterKey: string },
  volumeId: string,
): Promise<Point[]> {
  const caCertificate = readFileSync(caCertificateFile, "utf8");
  const target = { name: "offsite", endpoint, region, bucket, prefix: "", accessKeyId, secretAccessKey };
  const input = programRequest({ ...target, masterKey, caCertificate }, volumeId, {});
  const said = await shOk(host, "/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup list", { input });
  const last = said.trim().split("\n").at(-1) ?? "";
  return (JSON.parse(last) as { outcome: { recoveryPoints: Point[] } }).outcome.recoveryPoints;
}
