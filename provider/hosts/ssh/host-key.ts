import { createHash } from "node:crypto";
import type { Endpoint } from "../../model/connection.js";
import type { Hop } from "./hop.js";

/** What a host may sign with, best first. All that ssh2 knows, but for DSA. */
const ALGORITHMS = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
  "ssh-rsa",
] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** The SSH key blob's own name for its type: a length-prefixed string at its start (RFC 4253, section 6.6). */
function keyType(blob: Buffer): string {
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
}

/** SHA-256 fingerprint as OpenSSH prints it. */
function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** The pinned keys of an endpoint: their algorithms for the handshake, and the comparison. */
export interface PinnedKeys {
  /**
   * Algorithms to ask for: those of the pinned keys first, so that a host with several keys offers one that is pinned,
   * and the others too, so that a host without such a key still shows which one it has.
   */
  readonly algorithms: Algorithm[];
  readonly blobs: readonly Buffer[];
}

/** Reads `hostKey` of an endpoint. */
export function pinnedKeys(endpoint: Endpoint): PinnedKeys {
  const blobs = [endpoint.hostKey ?? []].flat().map((line) => Buffer.from(line.split(" ")[1] ?? "", "base64"));
  const types = new Set(blobs.map(keyType));
  // An RSA key signs with SHA-2 under names of their own (RFC 8332).
  const isPinned = (name: Algorithm) => types.has(name.startsWith("rsa-") ? "ssh-rsa" : name);
  return { algorithms: ALGORITHMS.toSorted((a, b) => Number(isPinned(b)) - Number(isPinned(a))), blobs };
}

/** What a user needs in order to decide on an offered key: the line to pin, its fingerprint, and how to compare it. */
export function describeOfferedKey({ endpoint, machine }: Hop, blob: Buffer): { detail: string; next: string } {
  const type = keyType(blob);
  const { blobs } = pinnedKeys(endpoint);
  const file = `/etc/ssh/ssh_host_${type.replace(/^ssh-/, "").replace(/^ecdsa-.*/, "ecdsa")}_key.pub`;
  const offered = `it offered ${type} ${fingerprint(blob)}`;
  const compare =
    `Compare it on the host's own console: "ssh-keygen -lf ${file}" must print ${fingerprint(blob)}. ` +
    `Only then set hostKey: "${type} ${blob.toString("base64")}"`;
  if (blobs.length === 0) return { detail: `no hostKey is set for ${machine}, and ${offered}`, next: compare };
  const types = blobs.map(keyType);
  return {
    detail: types.includes(type)
      ? `the host key of ${machine} is not the one that is pinned, ${blobs.map(fingerprint).join(" or ")}: ${offered}`
      : `${machine} has no host key of the pinned type ${types.join(" or ")}: ${offered}`,
    next: `Somebody may be listening in, or the host was installed anew. ${compare}`,
  };
}
