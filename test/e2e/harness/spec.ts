import type { ConnectionArgs } from "../../../provider/schema/connection.js";
import type { LabHost } from "../../lab/index.js";

type Args = Record<string, unknown>;

/** What test/e2e/program declares: sections of resources by name, which refer to each other by name. */
export interface Spec {
  hosts: Record<string, { connection: Args; backups?: boolean }>;
  groups?: Record<string, Args & { host: string }>;
  pools?: Record<string, Args & { volumeGroup: string }>;
  volumes?: Record<string, Args>;
  attachments?: Record<string, Args & { volume: string | { stack: string; volume: string }; microVm: string }>;
  /** Placement of the named volumes, exported as `<name>-placement`. */
  placements?: Record<string, string[]>;
  /** Events of a host, exported as `<name>-events`. */
  readEvents?: Record<string, Args & { host: string }>;
  /** Volumes on a host, exported as `<name>-volumes`. */
  readVolumes?: Record<string, { host: string }>;
  /** Leases on a host, exported as `<name>-attachments`. */
  readAttachments?: Record<string, { host: string }>;
  /** Volumes whose `ref` is exported as `<name>-ref`. */
  share?: string[];
}

/** The connection of a lab host as a program would write it. */
export function connectionTo(host: LabHost): ConnectionArgs {
  const { address, port, user, hostKey, privateKeyFile } = host;
  return { address, port, user, hostKey, privateKeyFile };
}

/** One host with a volume group on its first disk and a thin pool of 4 GiB: where most tests start. */
export function oneHost(host: LabHost): Spec & Required<Pick<Spec, "groups" | "pools" | "volumes" | "attachments">> {
  return {
    hosts: { node: { connection: connectionTo(host) as Args } },
    groups: { fast: { host: "node", disks: [host.disks[0]] } },
    pools: { pool: { volumeGroup: "fast", size: "4GiB" } },
    volumes: {},
    attachments: {},
  };
}
