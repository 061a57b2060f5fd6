import type { Connection, HostRef } from "../model/connection.js";
import { HostChannel } from "./channel.js";

const channels = new Map<string, HostChannel>();

/** The schema puts the fields in one order, so equal connections have equal text. */
const keyOf = (connection: Connection): string => JSON.stringify(connection);

/** The channel of this process to a host. Two ways to reach the same host are two channels. */
export function channelTo(host: HostRef): HostChannel {
  const key = keyOf(host.connection);
  const channel = channels.get(key) ?? new HostChannel(host.name, host.connection);
  channels.set(key, channel);
  return channel;
}

/** Ends all connections of this process. */
export async function closeChannels(): Promise<void> {
  await Promise.all([...channels.values()].map((channel) => channel.close()));
  channels.clear();
}
