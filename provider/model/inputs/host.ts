import { z } from "zod";
import { common } from "../common.js";

/** What the program says of a host. */
export const hostInputs = z.strictObject({
  ...common,
  backups: z.boolean().default(true).meta({
    description: "Whether backups will run there, which needs restic, Python and pyfuse3. Default true",
  }),
  maxConcurrentRuns: z
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(1000, "must be at most 1000")
    .default(2)
    .meta({
      description:
        "How many scheduled backups, prunes and drills run there at a time; the others wait. Where several stacks use the host, the lowest counts. Default 2",
    }),
});

/** The inputs of a host with every default filled in. */
export type HostInputs = z.output<typeof hostInputs>;
