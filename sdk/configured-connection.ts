import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection.js";
import { refusal } from "./refusal.js";

/**
 * The connection of a host that the stack's configuration gives: what `lvm:hosts` has for its name, and for the rest what all hosts
 * share, `lvm:connection`. A secret if either of them holds one.
 * @param name Name of the Host resource.
 * @throws {pulumi.RunError} If neither has an address.
 */
export function configuredConnection(name: string): pulumi.Input<ConnectionArgs> {
  const config = new pulumi.Config("lvm");
  const shared = config.getObject<Partial<ConnectionArgs>>("connection");
  const own = config.getObject<Record<string, Partial<ConnectionArgs>>>("hosts")?.[name];
  const { address, ...rest } = { ...shared, ...own };
  if (address === undefined) {
    throw refusal({
      summary: `Cannot reach Host "${name}"`,
      detail: "the program gives no connection, and the stack's configuration has no address of it",
      next: `Give connection, or set it: pulumi config set --path 'lvm:hosts["${name}"].address' <address>`,
    });
  }
  const connection = { address, ...rest };
  return isSecret("lvm:connection") || isSecret("lvm:hosts") ? pulumi.secret(connection) : connection;
}

/** Pulumi knows and tells it, but leaves it out of its types; what would not tell is a secret. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}
