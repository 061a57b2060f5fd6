import type { ConnectionArgs } from "../../../provider/model/connection.js";
import type { LabHost } from "../../lab/index.js";
import type { Spec } from "../../support/spec.js";

/** How a program says that a host is reached. */
export interface Reach {
  readonly connection: Record<string, unknown>;
}

export const reachOf = (connection: ConnectionArgs): Reach => ({ connection: { ...connection } });

/** Sections of a spec with a second host, "far", and a thin pool there, "farPool". */
export function farPool(near: Spec, other: LabHost, far: Reach): Required<Pick<Spec, "hosts" | "groups" | "pools">> {
  return {
    hosts: { ...near.hosts, far },
    groups: { ...near.groups, farGroup: { host: "far", name: "fast", disks: [other.disks[0]] } },
    pools: { ...near.pools, farPool: { volumeGroup: "farGroup", name: "pool", size: "1GiB" } },
  };
}
