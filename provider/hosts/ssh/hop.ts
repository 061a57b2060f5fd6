import type { Connection, Endpoint } from "../../model/connection.js";

/** One SSH server on the way to a host, as messages name it. */
export interface Hop {
  /** The Host resource at the end of the way. */
  readonly host: string;
  readonly endpoint: Endpoint;
  /** What to call the machine: its address, with "jump host" before it when it is one. */
  readonly machine: string;
  /** What to call its SSH server: user, machine and port. */
  readonly server: string;
}

/** The way to a host: its jump hosts in order, then the host itself. */
export function hopsTo(host: string, connection: Connection): [Hop, ...Hop[]] {
  const hop = (endpoint: Endpoint, role: string): Hop => ({
    host,
    endpoint,
    machine: `${role}${endpoint.address}`,
    server: `${role}${endpoint.user}@${endpoint.address} port ${endpoint.port}`,
  });
  const hops = [...connection.jumpHosts.map((endpoint) => hop(endpoint, "jump host ")), hop(connection, "")];
  return hops as [Hop, ...Hop[]];
}
