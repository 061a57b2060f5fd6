import * as pulumi from "@pulumi/pulumi";

/** An SSH server, and how to log in there. */
export interface EndpointArgs {
  /** Host name or IP address. */
  readonly address: pulumi.Input<string>;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: pulumi.Input<number> | undefined;
  /** User to log in as; any but root needs passwordless sudo for `/bin/sh -s`. Default `"root"`. */
  readonly user?: pulumi.Input<string> | undefined;
  /** The host's public key, such as `"ssh-ed25519 AAAA…"`, or several. Required: without it the error prints the key that the host offers. */
  readonly hostKey?: pulumi.Input<string | pulumi.Input<string>[]> | undefined;
  /** Use the SSH agent: true for the one at SSH_AUTH_SOCK, or a socket's path. Default: not. */
  readonly agent?: pulumi.Input<boolean | string> | undefined;
  /** Path of a private key file on the machine that runs Pulumi; `~/` is the home directory. */
  readonly privateKeyFile?: pulumi.Input<string> | undefined;
  /** Name of the environment variable that holds the private key. */
  readonly privateKeyEnv?: pulumi.Input<string> | undefined;
  /** The private key itself; kept as a secret in the state. A reference to it is better. */
  readonly privateKey?: pulumi.Input<string> | undefined;
  /** Name of the environment variable that holds the private key's passphrase. Default: it has none. */
  readonly passphraseEnv?: pulumi.Input<string> | undefined;
  /** The login password itself; kept as a secret in the state. A reference to it is better. */
  readonly password?: pulumi.Input<string> | undefined;
  /** Name of the environment variable that holds the login password. */
  readonly passwordEnv?: pulumi.Input<string> | undefined;
}

/** How a host is reached over SSH. Credentials by reference are resolved where the provider runs, so the state holds none. */
export interface ConnectionArgs extends EndpointArgs {
  /** Hosts to go through, in this order, each with its own host key; at most 8. Default: none. */
  readonly jumpHosts?: pulumi.Input<pulumi.Input<EndpointArgs>[]> | undefined;
  /** Time for getting a connection, retries included, in seconds. Default 20. */
  readonly connectTimeoutSeconds?: pulumi.Input<number> | undefined;
  /** Time for one script on the host, in seconds. Default 300. */
  readonly runTimeoutSeconds?: pulumi.Input<number> | undefined;
}

interface Credentials {
  readonly password?: unknown;
  readonly privateKey?: unknown;
}

/** The connection with the credentials given as values marked as secrets, wherever they stand. */
export function protectConnection<T>(connection: pulumi.Output<T>): pulumi.Output<T> {
  return connection.apply((value) => {
    const known = value as Credentials & { readonly jumpHosts?: readonly Credentials[] };
    const all = [known, ...(known.jumpHosts ?? [])];
    const isSecret = all.some(({ password, privateKey }) => password !== undefined || privateKey !== undefined);
    return isSecret ? pulumi.secret(value) : pulumi.output(value);
  }) as pulumi.Output<T>;
}
