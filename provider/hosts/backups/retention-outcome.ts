import { z } from "zod";
import { recoveryPoint } from "./recovery-point.js";

/** What a retention keeps of a volume's recovery points, each with the rules that keep it, and what it drops. */
export const retentionOutcome = z.object({
  keep: z.array(recoveryPoint.extend({ reasons: z.array(z.string()) })),
  remove: z.array(recoveryPoint),
});
