import type { z } from "zod";
import { encodeTag, tag } from "./tag.js";

/** Bytes of a tag at most, as LVM's makers document it ("LVM tags are strings of up to 1024 characters"); its tools do not look. */
const MAX_TAG_BYTES = 1024;

/** The rule for a value that LVM keeps in the tag of a key: what counts is its length there. */
export function refuseTooLong(key: string, value: string, context: z.RefinementCtx, path: string[] = []): void {
  const room = MAX_TAG_BYTES - tag(key, "").length;
  const bytes = encodeTag(value).length;
  if (bytes <= room) return;
  context.addIssue({
    code: "custom",
    path,
    message: `must be at most ${room} bytes long as LVM keeps it, with 3 for each byte but A-Z a-z 0-9 _ + . / = ! : & -, and has ${bytes}`,
  });
}
