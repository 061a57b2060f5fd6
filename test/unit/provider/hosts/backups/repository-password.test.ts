import { repositoryPassword } from "../../../../../provider/hosts/backups/repository-password.js";

describe("repositoryPassword", () => {
  const key = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex").toString("base64");
  const volume = "11111111-2222-3333-4444-555555555555";

  // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:000102… -kdfopt "info:pulumi-lvm repository 11111111-…" HKDF
  test("is what openssl derives, as docs/restore-without-pulumi-lvm.md has it", () => {
    expect(repositoryPassword(key, volume)).toBe("3c29e989a37816cb772429f74a0cd561702a0285a846df4ab899d1cae9bb49f1");
  });

  test("differs from volume to volume and from key to key", () => {
    const others = [
      repositoryPassword(key, "11111111-2222-3333-4444-555555555556"),
      repositoryPassword(Buffer.alloc(32).toString("base64"), volume),
    ];
    expect(new Set([repositoryPassword(key, volume), ...others]).size).toBe(3);
  });
});
