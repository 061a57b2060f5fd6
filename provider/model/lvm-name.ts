import { z } from "zod";

/** Endings and names that LVM keeps for itself (lvm(8), section "Valid names"). */
const RESERVED =
  /_(?:cdata|cmeta|corig|cpool|cvol|mimage|mlog|pmspare|rimage|rmeta|tdata|tmeta|tpool|vdata|vorigin|wcorig|imeta|iorig)/;
const RESERVED_START = /^(?:snapshot|pvmove)/;

/**
 * The name of a volume group or a logical volume: 1 to 100 of `A-Z a-z 0-9 _ + . -`, no leading hyphen (lvm(8)).
 * LVM allows 127; the rest is left for the ending that a tombstone gets.
 */
export const lvmName = z
  .string()
  .max(100, "must be at most 100 characters long")
  .regex(
    /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$/,
    "must consist of A-Z a-z 0-9 _ + . - and not start with a hyphen (LVM's rule)",
  )
  .refine((name) => name !== "." && name !== "..", "must not be . or ..")
  .refine((name) => !RESERVED.test(name) && !RESERVED_START.test(name), "must not be a name that LVM keeps for itself");
