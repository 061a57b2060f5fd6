import { createHash } from "node:crypto";
import type { Endpoint } from "../schema/connection.js";

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
  /** Algorithms to ask for, so that a host with several keys offers one that is pinned. Empty when nothing is pinned. */
  readonly algorithms: string[];
  matches(blob: Buffer): boolean;
}

/** Reads `hostKey` of an endpoint. */
export function pinnedKeys(endpoint: Endpoint): PinnedKeys {
  const lines = [endpoint.hostKey ?? []].flat();
  const blobs = lines.map((line) => Buffer.from(line.split(" ")[1] ?? "", "base64"));
  // An RSA key signs with SHA-2 under names of their own (RFC 8332).
  const algorithms = lines.flatMap((line) => {
    const type = line.split(" ")[0] ?? "";
    return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  });
  return {
    algorithms: [...new Set(algorithms)],
    matches: (blob) => blobs.some((pinned) => pinned.equals(blob)),
  };
}

/** What a user needs in order to decide on an offered key: the line to pin, its fingerprint, and how to compare it. */
export function describeOfferedKey(endpoint: Endpoint, blob: Buffer): { detail: string; next: string } {
  const line = `${keyType(blob)} ${blob.toString("base64")}`;
  const offered = `it offered ${keyType(blob)} ${fingerprint(blob)}`;
  const compare =
    `Compare it on the host's own console: "ssh-keygen -lf /etc/ssh/ssh_host_${keyType(blob)
      .replace(/^ssh-/, "")
      .replace(/^ecdsa-.*/, "ecdsa")}_key.pub" ` + `must print ${fingerprint(blob)}. Only then set hostKey: "${line}"`;
  return endpoint.hostKey === undefined
    ? { detail: `no hostKey is set for ${endpoint.address}, and ${offered}`, next: compare }
    : {
        detail: `the host key of ${endpoint.address} is not the one that is pinned: ${offered}`,
        next: `Somebody may be listening in, or the host was installed anew. ${compare}`,
      };
}
