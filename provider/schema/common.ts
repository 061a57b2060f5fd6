import { z } from "zod";
import { hostRef } from "./connection.js";

/** Fields that every resource has. */
export const common = {
  host: hostRef.meta({ description: "The host that it lives on" }),
  owner: z
    .string()
    .min(1)
    .max(400, "the names of organization, project, stack and resource are too long together")
    .meta({ description: "The resource's stable name: organization, project, stack, kind and name", change: "ignore" }),
};
