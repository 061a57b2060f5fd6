import { z } from "zod";
import { identity } from "./identity.js";
import { plainText } from "./plain-text.js";
import { isUnknown } from "./unknown.js";

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable");

const HOST_KEY_TYPES = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

/** A key line holds its type twice: as a word, and as the first field of the key itself (RFC 4253, section 6.6). */
function isPublicKey(line: string): boolean {
  const [type = "", key = ""] = line.split(" ");
  const blob = Buffer.from(key, "base64");
  return blob.length > type.length + 8 && blob.subarray(0, type.length + 4).equals(sshString(type));
}

function sshString(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text, "latin1")]);
}

const hostKeyLine = z
  .string()
  .trim()
  .regex(
    new RegExp(`^(?:${HOST_KEY_TYPES.join("|")}) [A-Za-z0-9+/]+={0,2}(?: .*)?$`),
    'must be a public key line of type Ed25519, ECDSA or RSA, such as "ssh-ed25519 AAAA…"',
  )
  .refine(
    isPublicKey,
    "must be a whole public key line: the key is cut short, or is not of the type that is written before it",
  );

/** Text without control characters, which a message could not show. */

const endpoint = {
  address: z
    .string()
    .regex(
      /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[?[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\]?)$/,
      "must be a host name or an IP address",
    )
    .meta({ description: "Host name or IP address" }),
  port: z.int().min(1).max(65535).default(22).meta({ description: "TCP port of the SSH server" }),
  user: z
    .string()
    .regex(/^[^\s\p{Cc}\p{Cs}]+$/u, "must be a user name")
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
    .union([z.boolean(), plainText("a path")])
    .optional()
    .meta({ description: "Use the SSH agent: true for the one at SSH_AUTH_SOCK, or a socket's path" }),
  privateKeyFile: plainText("a path")
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

/** Fields that give the same thing in different ways. */
const ALTERNATIVES = [
  ["privateKeyFile", "privateKeyEnv", "privateKey"],
  ["passwordEnv", "password"],
] as const;

function refuseTwo(
  given: { readonly [key in (typeof ALTERNATIVES)[number][number]]?: unknown },
  context: z.RefinementCtx,
) {
  for (const names of ALTERNATIVES) {
    const [first, second] = names.filter((name) => given[name] !== undefined);
    if (second === undefined) continue;
    context.addIssue({ code: "custom", path: [second], message: `give either ${first} or ${second}` });
  }
}

const seconds = (fallback: number) => z.number().positive().max(86_400).default(fallback);

/** How a host is reached over SSH. Credentials by reference are resolved where the provider runs, so the state holds none. */
export const connection = z
  .strictObject({
    ...endpoint,
    jumpHosts: z
      .array(z.strictObject(endpoint).superRefine(refuseTwo))
      .max(8)
      .default([])
      .meta({ description: "Hosts to go through, in this order, each with its own host key" }),
    connectTimeoutSeconds: seconds(20).meta({
      description: "Time for getting a connection, retries included, in seconds",
    }),
    runTimeoutSeconds: seconds(300).meta({
      description:
        "Time for one step on the host, in seconds, without what waits for a lock or depends on the size of data",
    }),
  })
  .superRefine(refuseTwo);

/** How a host is reached over SSH, as the program gives it. */
export type ConnectionArgs = z.input<typeof connection>;

/** The same, with every default filled in. */
export type Connection = z.output<typeof connection>;

/** One SSH server on the way: the host itself or a jump host. */
export type Endpoint = Omit<Connection, "jumpHosts" | "connectTimeoutSeconds" | "runTimeoutSeconds">;

/** The host that a resource lives on: its name in the program, its identity, and how to reach it. */
export const hostRef = z.strictObject({
  name: plainText("a name")
    .max(200)
    .meta({ description: "The name of the Host resource, for messages and for placement" }),
  machineId: z
    .string()
    .refine((id) => id === "" || isUnknown(id) || /^[0-9a-f]{32}$/.test(id), "must be the machine-id of a Host")
    .meta({ description: "/etc/machine-id, so that another machine at the same address is refused" }),
  identity: identity
    .optional()
    .meta({ description: "The identity of the Host resource: what is made on the host says by which of them" }),
  connection,
});

/** A host as the other resources hold it. */
export type HostRef = z.output<typeof hostRef>;
