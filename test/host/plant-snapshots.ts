import { createCipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import { type LabHost, shOk } from "../lab/index.js";

/** A snapshot as restic stores it. `time`: ISO with the offset from UTC. */
export interface PlantedSnapshot {
  readonly time: string;
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

interface Key {
  readonly encrypt: Buffer;
  readonly macK: Buffer;
  readonly macR: Buffer;
}

/**
 * Makes a repository that has snapshots and no data, as many as a test likes at once: restic itself takes a second for each. Format:
 * restic's design document, "Repository Format", version 1.
 */
export async function plantSnapshots(
  host: LabHost,
  folder: string,
  password: string,
  snapshots: readonly PlantedSnapshot[],
): Promise<void> {
  const salt = randomBytes(64);
  // As cheap as scrypt can be: nobody attacks it.
  const cost = { N: 1024, r: 8, p: 1 };
  const master = keyOf(randomBytes(64));
  const masterText = {
    mac: { k: master.macK.toString("base64"), r: master.macR.toString("base64") },
    encrypt: master.encrypt.toString("base64"),
  };
  const wrapped = seal(keyOf(scryptSync(password, salt, 64, cost)), masterText);
  const created = "2024-01-01T00:00:00Z";
  const key = { hostname: "test", username: "test", kdf: "scrypt", ...cost, created, data: wrapped.toString("base64") };
  const config = { version: 1, id: randomBytes(32).toString("hex"), chunker_polynomial: "3da3358b4dc173" };
  const files = [
    ["config", seal(master, config)] as const,
    named("keys", Buffer.from(JSON.stringify({ ...key, salt: salt.toString("base64") }))),
    ...snapshots.map((each) => named("snapshots", seal(master, { ...each, tree: "0".repeat(64), username: "test" }))),
  ];
  const writes = files.map(([path, content]) => `echo ${content.toString("base64")} | base64 -d >${path}`);
  await shOk(host, `mkdir -p ${folder}\ncd ${folder}\nmkdir data index keys locks snapshots\n${writes.join("\n")}`);
}

const named = (folder: string, content: Buffer): readonly [string, Buffer] => [
  `${folder}/${createHash("sha256").update(content).digest("hex")}`,
  content,
];

function keyOf(bytes: Buffer): Key {
  return { encrypt: bytes.subarray(0, 32), macK: bytes.subarray(32, 48), macR: bytes.subarray(48, 64) };
}

/** AES-256-CTR, then Poly1305-AES over what came of it. */
function seal({ encrypt, macK, macR }: Key, content: unknown): Buffer {
  const nonce = randomBytes(16);
  const cipher = createCipheriv("aes-256-ctr", encrypt, nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  const pad = createCipheriv("aes-128-ecb", macK, null).setAutoPadding(false).update(nonce);
  return Buffer.concat([nonce, sealed, poly1305(sealed, macR, pad)]);
}

/** D. J. Bernstein, "The Poly1305-AES message-authentication code". */
function poly1305(message: Buffer, r: Buffer, pad: Buffer): Buffer {
  const prime = 2n ** 130n - 5n;
  const factor = littleEndian(r) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + littleEndian(block) + 2n ** BigInt(8 * block.length)) * factor) % prime;
  }
  const tag = (sum + littleEndian(pad)) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

const littleEndian = (bytes: Buffer): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);
