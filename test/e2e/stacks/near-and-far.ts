import type { LabHost } from "../../lab/index.js";
import { oneHost, type Spec } from "../../support/spec.js";

/**
 * Two hosts with a volume each, one of which is attached, and more volumes as told: one host by a key file of the project, `keys/id`, the
 * other by a key that is a secret of the stack, `key`.
 */
export function nearAndFar(
  host: LabHost,
  far: LabHost,
  volumes: NonNullable<Spec["volumes"]>,
  more: Partial<Spec> = {},
): Spec {
  const base = oneHost(host);
  return {
    ...base,
    hosts: {
      node: { connection: { ...base.hosts["node"]?.connection, privateKeyFile: "keys/id" } },
      far: {
        connection: {
          address: far.address,
          port: far.port,
          hostKey: far.hostKey,
          privateKey: { secret: "key" },
          connectTimeoutSeconds: 5,
        },
      },
    },
    groups: { ...base.groups, slow: { host: "far", disks: [far.disks[0]] } },
    volumes: {
      data: { pool: "pool", size: "64MiB", labels: { tier: "gold" }, deletionPolicy: "delete" },
      away: { volumeGroup: "slow", size: "16MiB", deletionPolicy: "delete" },
      ...volumes,
    },
    attachments: { db: { volume: "data", microVm: "vm-1" } },
    ...more,
  };
}
