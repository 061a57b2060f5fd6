import { z } from "zod";

/** Text that may stand in a message, a log or a file of one line: no control characters, no halves of a surrogate pair. */
export const plainText = (noun: string) =>
  z.string().regex(/^[^\p{Cc}\p{Cs}]+$/u, `must be ${noun}, without control characters`);
