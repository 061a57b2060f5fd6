import { hkdfSync } from "node:crypto";

const PASSWORD_BYTES = 32;

/**
 * The password of a volume's restic repository: HKDF-SHA256 (RFC 5869) of the target's master key, with no salt, and with
 * `pulumi-lvm repository <volume id>` as info; 64 hexadecimal digits. One key is escrowed, and a host holds the passwords of its own
 * volumes only. `openssl kdf` makes the same, see docs/restore-without-pulumi-lvm.md.
 * @param masterKey Base64; the bytes that it stands for are the key material.
 */
export function repositoryPassword(masterKey: string, volumeId: string): string {
  const derived = hkdfSync(
    "sha256",
    Buffer.from(masterKey, "base64"),
    "",
    `pulumi-lvm repository ${volumeId}`,
    PASSWORD_BYTES,
  );
  return Buffer.from(derived).toString("hex");
}
