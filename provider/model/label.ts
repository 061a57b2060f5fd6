import { z } from "zod";
import { LABEL } from "./tag.js";
import { refuseTooLong } from "./tag-length.js";

const KEY_RULE = "must be 1 to 63 of A-Z a-z 0-9 _ . -";

const labelKey = z.string().regex(/^[A-Za-z0-9_.-]{1,63}$/, KEY_RULE);

const labelValue = z
  .string("must be text; put quotes around a number, true and false")
  .max(200, "must be at most 200 characters long")
  .refine((text) => !/\p{Cs}/u.test(text), "must be Unicode text, without half of a surrogate pair");

/** Labels of a volume: a plain word and any text. */
export const labels = z
  .record(labelKey, labelValue, {
    error: ({ code }) => (code === "invalid_key" ? `the key of a label ${KEY_RULE}` : undefined),
  })
  .superRefine((all, context) => {
    for (const [key, value] of Object.entries(all)) refuseTooLong(`${LABEL}${key}`, value, context, [key]);
  });
