import { z } from "zod";

/**
 * What tells a resource from all others, whatever it is called: made when the resource is new to its state, kept in the state's inputs
 * from then on, and noted on the host. What an older release made has one that the host shows: an id, or a UUID of LVM.
 */
export const identity = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, "must be the identity of a resource: 1 to 64 of A-Z a-z 0-9 -");
