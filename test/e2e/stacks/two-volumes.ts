import type { ConnectionArgs } from "../../../provider/model/connection.js";
import { type LabHost, shOk } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";
import { farPool, type Reach, reachOf } from "./far-pool.js";

/** One host, reached this way, with two small volumes. */
export function twoVolumes(host: LabHost, connection: ConnectionArgs): Spec & Required<Pick<Spec, "volumes">> {
  return {
    ...oneHost(host),
    hosts: { node: reachOf(connection) },
    volumes: {
      thin: { pool: "pool", size: "100MiB", deletionPolicy: "delete" },
      linear: { volumeGroup: "fast", size: "100MiB", deletionPolicy: "delete" },
    },
  };
}

/** The same, and ten volumes on the second host, "far". */
export function tenMoreOn(other: LabHost, far: Reach, near: Spec): Spec {
  const many = Array.from({ length: 10 }, (_, index) => [
    `many${index}`,
    { pool: "farPool", size: "10MiB", deletionPolicy: "delete" },
  ]);
  return {
    ...near,
    ...farPool(near, other, far),
    volumes: { ...near.volumes, ...Object.fromEntries(many) },
  };
}

/** Names of the logical volumes that LVM shows on a host, sorted. */
export const volumeNames = async (on: LabHost): Promise<string[]> =>
  (await shOk(on, "lvs --noheadings -o lv_name")).split(/\s+/).filter(Boolean).sort();
