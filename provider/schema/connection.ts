import { z } from "zod";

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable");

const hostKeyLine = z
  .string()
  .regex(
    /^(?:ssh-|ecdsa-)[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: .*)?$/,
    'must be a public key line, such as "ssh-ed25519 AAAA…"',
  );

const endpoint = {
  address: z
    .string()
    .regex(/^[A-Za-z0-9_.:%[\]-]+$/, "must be a host name or an IP address")
    .meta({ description: "Host name or IP address" }),
  port: z.int().min(1).max(65535).default(22).meta({ description: "TCP port of the SSH server" }),
  user: z
    .string()
    .min(1)
    .regex(/^[^\s\0]+$/, "must be a user name")
    .default("root")
    .meta({ description: "User to log in as; any but root needs passwordless sudo for `/bin/sh -s`" }),
  hostKey: z
    .union([hostKeyLine, z.array(hostKeyLine).min(1)])
    .optional()
    .meta({
      description:
        "The host's public key, or several. Required: without it the error prints the key that the host offers",
    }),
  agent: z
    .union([z.boolean(), z.string()])
    .optional()
    .meta({ description: "Use the SSH agent: true for the one at SSH_AUTH_SOCK, or a socket's path" }),
  privateKeyFile: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Path of a private key file on the machine that runs Pulumi; `~/` is the home directory" }),
  privateKeyEnv: variable
    .optional()
    .meta({ description: "Name of the environment variable that holds the private key" }),
  privateKey: z.string().min(1).optional().meta({ description: "The private key itself; kept as a secret" }),
  passphraseEnv: variable
    .optional()
    .meta({ description: "Name of the environment variable that holds the private key's passphrase" }),
  password: z.string().min(1).optional().meta({ description: "The login password itself; kept as a secret" }),
  passwordEnv: variable
    .optional()
    .meta({ description: "Name of the environment variable that holds the login password" }),
};

const seconds = (fallback: number) => z.number().positive().max(86_400).default(fallback);

/** How a host is reached over SSH. Credentials by reference are resolved where the provider runs, so the state holds none. */
export const connection = z.strictObject({
  ...endpoint,
  jumpHosts: z
    .array(z.strictObject(endpoint))
    .max(8)
    .default([])
    .meta({ description: "Hosts to go through, in this order, each with its own host key" }),
  connectTimeoutSeconds: seconds(20).meta({
    description: "Time for getting a connection, retries included, in seconds",
  }),
  runTimeoutSeconds: seconds(300).meta({ description: "Time for one script on the host, in seconds" }),
});

/** How a host is reached over SSH, as the program gives it. */
export type ConnectionArgs = z.input<typeof connection>;

/** The same, with every default filled in. */
export type Connection = z.output<typeof connection>;

/** One SSH server on the way: the host itself or a jump host. */
export type Endpoint = Omit<Connection, "jumpHosts" | "connectTimeoutSeconds" | "runTimeoutSeconds">;

/** The host that a resource lives on: its name in the program, its identity, and how to reach it. */
export const hostRef = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: "The name of the Host resource, for messages and for placement" }),
  machineId: z
    .string()
    .meta({ description: "/etc/machine-id, so that another machine at the same address is refused" }),
  connection,
});

/** A host as the other resources hold it. */
export type HostRef = z.output<typeof hostRef>;
