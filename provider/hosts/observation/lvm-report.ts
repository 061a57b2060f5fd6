import { z } from "zod";

/** Bytes as `--units b --nosuffix` prints them: a decimal string. "" means "not applicable" and is refused here. */
export const bytes = z
  .string()
  .regex(/^[0-9]+$/)
  .transform(Number)
  .refine(Number.isSafeInteger, "above 8 PiB");

const optionalBytes = z.union([z.literal("").transform(() => undefined), bytes]);

/** A share as LVM prints it, such as "12.34"; undefined where it tells none, as of what is not active. */
const percent = z.string().transform((text) => (text === "" ? undefined : Number(text)));

const list = z.string().transform((text) => (text === "" ? [] : text.split(",")));

/** One logical volume. LVM's field names (lvs -o help); tags, layout and role are lists. */
const lv = z.object({
  lv_name: z.string().transform((name) => name.replace(/^\[(.*)\]$/, "$1")),
  lv_uuid: z.string(),
  lv_size: bytes,
  lv_layout: list,
  lv_role: list,
  lv_active: z.string().transform((text) => text === "active"),
  lv_device_open: z.string().transform((text) => text === "open"),
  lv_autoactivation: z.string().transform((text) => text === "enabled"),
  lv_tags: list,
  pool_lv: z.string(),
  origin: z.string(),
  /** Of a classic snapshot: what it shows. Its own size is the room that it has. */
  origin_size: optionalBytes.prefault(""),
  /** "writeable", "read-only" or "read-only-override". */
  lv_permissions: z.string().default(""),
  data_percent: percent.prefault(""),
  /** "snapshot invalid" when a classic snapshot has run full. */
  lv_snapshot_invalid: z.string().default(""),
  lv_metadata_size: optionalBytes,
  lv_profile: z.string(),
});

/** What LVM reports a segment; a thin pool has one. */
const seg = z.object({
  lv_uuid: z.string(),
  chunk_size: optionalBytes,
  zero: z.string().transform((text) => text === "zero"),
});

const vg = z.object({
  vg_name: z.string(),
  vg_uuid: z.string(),
  vg_size: bytes,
  vg_free: bytes,
  vg_extent_size: bytes,
  vg_tags: list,
  /** "exported", "shared" and "partial", or "" (vgs -o help). */
  vg_exported: z.string().default(""),
  vg_shared: z.string().default(""),
  vg_partial: z.string().default(""),
});

const pv = z.object({ pv_name: z.string(), pv_uuid: z.string(), pv_size: bytes, vg_name: z.string() });

/** What `lvm fullreport --reportformat json` prints with the fields of observe.sh: one entry a volume group, one for the rest. */
export const fullReport = z.object({
  report: z.array(
    z.object({
      vg: z.array(vg).default([]),
      pv: z.array(pv).default([]),
      lv: z.array(lv).default([]),
      seg: z.array(seg).default([]),
    }),
  ),
});

/** A logical volume as LVM reports it, with the volume group that it is in and what its first segment says. */
export type LogicalVolume = z.output<typeof lv> & { vg_name: string; chunk_size: number | undefined; zero: boolean };
/** A volume group as LVM reports it. */
export type VolumeGroupReport = z.output<typeof vg>;
/** A physical volume as LVM reports it; `vg_name` is "" when it belongs to none. */
export type PhysicalVolume = z.output<typeof pv>;

/** A block device as `lsblk --json` prints it. */
export interface BlockDevice {
  name: string;
  /** The kernel's name, such as `/dev/dm-3`. */
  kname: string;
  type: string;
  size: number;
  fstype: string | null;
  pttype: string | null;
  mountpoint: string | null;
  children?: BlockDevice[] | undefined;
}

const blockDevice: z.ZodType<BlockDevice> = z.object({
  name: z.string(),
  kname: z.string(),
  type: z.string(),
  size: z.number(),
  fstype: z.string().nullable(),
  pttype: z.string().nullable(),
  mountpoint: z.string().nullable(),
  get children() {
    return z.array(blockDevice).optional();
  },
});

/** What `lsblk --json` prints with the columns of observe.sh. */
export const lsblkReport = z.object({ blockdevices: z.array(blockDevice) });
