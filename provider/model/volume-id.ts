import { z } from "zod";

/** The id of a volume, which stays the same when names, hosts and LVM's UUIDs change. */
export const volumeId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be the id of a Volume");
