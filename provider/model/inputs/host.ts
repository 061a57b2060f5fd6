import { z } from "zod";
import { common } from "../common.js";

/** What the program says of a host. */
export const hostInputs = z.strictObject({
  ...common,
  backups: z.boolean().default(true).meta({
    description: "Whether backups will run there, which needs restic, Python and pyfuse3. Default true",
  }),
});

/** The inputs of a host with every default filled in. */
export type HostInputs = z.output<typeof hostInputs>;
