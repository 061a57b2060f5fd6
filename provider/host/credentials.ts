import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectConfig } from "ssh2";
import type { Endpoint } from "../schema/connection.js";
import { ConnectionError } from "./errors.js";

/**
 * Resolves an endpoint's credentials, which may be references, for one connection attempt.
 * With none named, the SSH agent is used.
 * @throws {ConnectionError} If a file or a variable that is named does not exist; the message never holds a secret.
 */
export function credentials(host: string, endpoint: Endpoint): ConnectConfig {
  const missing = (detail: string, next: string) => new ConnectionError(host, detail, next, { isTransient: false });
  const fromEnv = (name: string): string => {
    const value = process.env[name];
    if (!value) {
      throw missing(`environment variable "${name}" is not set where Pulumi runs`, `Export ${name}, then run it again`);
    }
    return value;
  };
  const config: ConnectConfig = {};

  if (endpoint.privateKeyFile !== undefined) {
    const path = endpoint.privateKeyFile.replace(/^~(?=\/)/, homedir());
    try {
      config.privateKey = readFileSync(join(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw missing(
        `private key file "${path}" cannot be read: ${code}`,
        "Set privateKeyFile to a file that the user who runs Pulumi can read",
      );
    }
  } else if (endpoint.privateKeyEnv !== undefined) {
    config.privateKey = fromEnv(endpoint.privateKeyEnv);
  } else if (endpoint.privateKey !== undefined) {
    config.privateKey = endpoint.privateKey;
  }
  if (endpoint.passphraseEnv !== undefined) config.passphrase = fromEnv(endpoint.passphraseEnv);
  if (endpoint.passwordEnv !== undefined) config.password = fromEnv(endpoint.passwordEnv);
  else if (endpoint.password !== undefined) config.password = endpoint.password;

  const isAgentWanted = endpoint.agent ?? (config.privateKey === undefined && config.password === undefined);
  if (isAgentWanted !== false) {
    const socket = typeof isAgentWanted === "string" ? isAgentWanted : process.env["SSH_AUTH_SOCK"];
    if (!socket) {
      throw missing(
        "no credential is named and no SSH agent runs (SSH_AUTH_SOCK is not set)",
        "Start an agent, or set privateKeyFile, privateKeyEnv or passwordEnv in the connection",
      );
    }
    config.agent = socket;
  }
  return config;
}
