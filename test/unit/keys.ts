import { generateKeyPairSync } from "node:crypto";

/** A length-prefixed string of the SSH protocol (RFC 4251, section 5). */
export function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A new host key as its server offers it: the blob, and the line to pin. */
export function makeHostKey(): { blob: Buffer; line: string } {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  const blob = Buffer.concat([sshString("ssh-ed25519"), sshString(Buffer.from(x, "base64url"))]);
  return { blob, line: `ssh-ed25519 ${blob.toString("base64")}` };
}
