import { readFileSync } from "node:fs";
import { type LabHost, labS3, shOk } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";

/** What all logical volumes with data hold, by LVM's UUID: whatever they are called, nobody may change it. */
export const fingerprint = (host: LabHost): Promise<string> =>
  shOk(
    host,
    `lvs --noheadings --separator ' ' -o lv_full_name,lv_uuid,lv_active -S 'lv_role=public && lv_layout!=pool' | sort | while read -r lv uuid active; do
       [ "$active" = active ] || lvchange -q -ay "$lv" </dev/null
       udevadm settle
       echo "$uuid $(sha256sum <"/dev/$lv")"
       [ "$active" = active ] || lvchange -q -an "$lv" </dev/null
     done | sort`,
    { timeoutMs: 120_000 },
  );

/** Every place of the host where a name in the program is noted. */
export const namesNoted = (host: LabHost): Promise<string> =>
  shOk(
    host,
    `{ vgs --noheadings -o vg_tags; lvs --noheadings -o lv_tags; } | tr -s ', ' '\\n\\n' | sort; cat /var/lib/pulumi-lvm/owners/* /etc/pulumi-lvm/schedules/*.owner;
     grep -h -o '"stack":"[^"]*"' /etc/pulumi-lvm/schedules/*.json`,
  );

/** What LVM has, to the last tag. */
export const lvmState = (host: LabHost): Promise<string> =>
  shOk(
    host,
    "vgs --noheadings -o vg_name,vg_uuid,vg_tags; lvs -a --noheadings -o lv_full_name,lv_uuid,lv_size,lv_active,lv_tags",
  );

/** A pool that is promised over a half, a volume in it that is attached and under a policy, and one that holds data and is neither. */
export function renamedStack(host: LabHost): Spec & { volumes: Record<string, Record<string, unknown>> } {
  const server = labS3();
  return {
    ...oneHost(host),
    pools: { pool: { volumeGroup: "fast", size: "96MiB" } },
    volumes: {
      data: { pool: "pool", size: "60MiB", fileSystem: "ext4", deletionPolicy: "delete", deleteUnverified: true },
      raw: { volumeGroup: "fast", size: "16MiB", deletionPolicy: "delete" },
    },
    attachments: { lease: { volume: "data", microVm: "db" } },
    existingTargets: {
      offsite: {
        endpoint: server.endpoint,
        bucket: "renames",
        caCertificate: readFileSync(server.caCertificateFile, "utf8"),
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
        // A generated one would be protected, and stay at a destroy.
        masterKey: Buffer.alloc(32, 9).toString("base64"),
      },
    },
    policies: { yearly: { target: "offsite", volumes: ["data"], schedule: "yearly" } },
  };
}

/** Host, VolumeGroup, ThinPool, two Volumes, Attachment and BackupSchedule: each is noted on the host by its name. */
export const NOTED = 7;
