import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { type ConnectConfig, utils } from "ssh2";
import { ConnectionError } from "../errors.js";
import type { Hop } from "./hop.js";

/** What a client logs in with, and what messages call each of it. */
export interface Credentials {
  readonly config: Pick<ConnectConfig, "privateKey" | "passphrase" | "password" | "agent">;
  readonly names: readonly string[];
}

/**
 * Resolves the credentials of one hop, which may be references. With none named, the SSH agent is used.
 * @throws {ConnectionError} If what is named does not exist or cannot be used; the message never holds a secret.
 */
export function credentials(hop: Hop): Credentials {
  const { endpoint } = hop;
  const fromEnv = (name: string): string => {
    const value = process.env[name];
    if (value) return value;
    throw unusable(
      hop,
      `environment variable "${name}" is not set where Pulumi runs`,
      `Export ${name}, then run it again`,
    );
  };
  const config: Credentials["config"] = {};
  const names: string[] = [];

  const key = privateKey(hop, fromEnv);
  if (key !== undefined) {
    const passphrase = endpoint.passphraseEnv === undefined ? undefined : fromEnv(endpoint.passphraseEnv);
    refuseUnreadable(hop, key, passphrase);
    config.privateKey = key.text;
    if (passphrase !== undefined) config.passphrase = passphrase;
    names.push(key.name);
  }
  if (endpoint.passwordEnv !== undefined) {
    config.password = fromEnv(endpoint.passwordEnv);
    names.push(`the password of variable "${endpoint.passwordEnv}"`);
  } else if (endpoint.password !== undefined) {
    config.password = endpoint.password;
    names.push("the password");
  }
  const agent = endpoint.agent ?? names.length === 0;
  if (agent !== false) {
    config.agent = typeof agent === "string" ? agent : agentSocket(hop);
    names.push(`the keys of the SSH agent at "${config.agent}"`);
  }
  if (names.length === 0) {
    throw unusable(
      hop,
      `no credential is named for ${hop.machine}, and agent is false`,
      "Set privateKeyFile, privateKeyEnv or passwordEnv in the connection, or leave out agent",
    );
  }
  return { config, names };
}

const unusable = (hop: Hop, detail: string, next: string) =>
  new ConnectionError(hop.host, { detail, next }, { isTransient: false });

interface PrivateKey {
  readonly text: string;
  readonly name: string;
}

function privateKey({ endpoint, ...hop }: Hop, fromEnv: (name: string) => string): PrivateKey | undefined {
  if (endpoint.privateKeyFile !== undefined) {
    const path = endpoint.privateKeyFile.replace(/^~(?=\/)/, homedir());
    try {
      return { text: readFileSync(path, "utf8"), name: `private key file "${path}"` };
    } catch (error) {
      throw unusable(
        { endpoint, ...hop },
        `private key file "${path}" cannot be read: ${(error as NodeJS.ErrnoException).code}`,
        "Set privateKeyFile to a file that the user who runs Pulumi can read",
      );
    }
  }
  if (endpoint.privateKeyEnv !== undefined) {
    const name = `the private key of variable "${endpoint.privateKeyEnv}"`;
    return { text: fromEnv(endpoint.privateKeyEnv), name };
  }
  return endpoint.privateKey === undefined ? undefined : { text: endpoint.privateKey, name: "the private key" };
}

/** The words of ssh2 are looked at and never passed on: they are about the inside of a secret. */
function refuseUnreadable(hop: Hop, key: PrivateKey, passphrase: string | undefined): void {
  const parsed = utils.parseKey(key.text, passphrase);
  if (!(parsed instanceof Error) && [parsed].flat().some((each) => each.isPrivateKey())) return;
  const reason = parsed instanceof Error ? parsed.message : "";
  if (/no passphrase given/.test(reason)) {
    throw unusable(
      hop,
      `${key.name} is encrypted, and no passphrase is named`,
      "Set passphraseEnv to the name of an environment variable that holds it, or add the key to an SSH agent",
    );
  }
  if (passphrase !== undefined && /passphrase|decrypt|integrity|Malformed/i.test(reason)) {
    throw unusable(
      hop,
      `${key.name} cannot be opened with the passphrase of variable "${hop.endpoint.passphraseEnv}"`,
      `Set ${hop.endpoint.passphraseEnv} to the key's passphrase ('ssh-keygen -y -f FILE' asks for it and checks it)`,
    );
  }
  throw unusable(
    hop,
    `${key.name} is no private key that can be read`,
    "Give the whole key with its BEGIN and END lines, of type Ed25519, ECDSA or RSA, as ssh-keygen writes it",
  );
}

function agentSocket(hop: Hop): string {
  const socket = process.env["SSH_AUTH_SOCK"];
  if (socket) return socket;
  throw unusable(
    hop,
    `${hop.endpoint.agent === true ? "the SSH agent is asked for" : `no credential is named for ${hop.machine}`}, and no SSH agent runs (SSH_AUTH_SOCK is not set)`,
    "Start an agent, or set privateKeyFile, privateKeyEnv or passwordEnv in the connection",
  );
}
