import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { ConnectionError } from "../../../../../provider/hosts/errors.js";
import { type Credentials, credentials } from "../../../../../provider/hosts/ssh/credentials.js";
import { type Hop, hopsTo } from "../../../../../provider/hosts/ssh/hop.js";
import { connection } from "../../../../../provider/model/connection.js";

const PASSPHRASE = "correct horse battery staple";
const plain = utils.generateKeyPairSync("ed25519").private;
const encrypted = utils.generateKeyPairSync("ed25519", {
  passphrase: PASSPHRASE,
  cipher: "aes256-ctr",
  rounds: 1,
}).private;

const resolve = (fields: object): Credentials =>
  credentials(hopsTo("db1", connection.parse({ address: "192.0.2.7", ...fields })).at(-1) as Hop);

function refusal(fields: object): ConnectionError {
  try {
    resolve(fields);
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("The credentials were taken");
}

describe("credentials", () => {
  const before = { ...process.env };
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "credentials-"));
    delete process.env["SSH_AUTH_SOCK"];
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(directory, { recursive: true });
  });
  const file = (text: string): string => {
    const path = join(directory, "key");
    writeFileSync(path, text);
    return path;
  };

  test("reads a private key file", () => {
    expect(resolve({ privateKeyFile: file(plain) }).config).toEqual({ privateKey: plain });
  });

  test("reads a private key and its passphrase from variables", () => {
    Object.assign(process.env, { DB_KEY: encrypted, DB_PASSPHRASE: PASSPHRASE });
    expect(resolve({ privateKeyEnv: "DB_KEY", passphraseEnv: "DB_PASSPHRASE" }).config).toEqual({
      privateKey: encrypted,
      passphrase: PASSPHRASE,
    });
  });

  test("takes a password, by reference or as a value", () => {
    process.env["DB_PASSWORD"] = "hunter2";
    expect(resolve({ passwordEnv: "DB_PASSWORD" }).config).toEqual({ password: "hunter2" });
    expect(resolve({ password: "hunter2" }).config).toEqual({ password: "hunter2" });
  });

  test("uses the agent when nothing is named, and beside a key only when asked for", () => {
    process.env["SSH_AUTH_SOCK"] = "/run/agent";
    expect(resolve({}).config).toEqual({ agent: "/run/agent" });
    expect(resolve({ privateKey: plain }).config).toEqual({ privateKey: plain });
    expect(resolve({ privateKey: plain, agent: true }).config).toEqual({ privateKey: plain, agent: "/run/agent" });
    expect(resolve({ agent: "/run/other" }).config).toEqual({ agent: "/run/other" });
  });

  test("names what it offers without a secret", () => {
    process.env["DB_PASSWORD"] = "hunter2";
    const { names } = resolve({ privateKey: plain, passwordEnv: "DB_PASSWORD" });
    expect(names).toEqual(["the private key", 'the password of variable "DB_PASSWORD"']);
  });

  test.each([
    [
      "a file that is not there",
      { privateKeyFile: "/nonexistent/key" },
      'private key file "/nonexistent/key" cannot be read: ENOENT',
      "Set privateKeyFile to a file",
    ],
    [
      "a file in the home directory that is not there",
      { privateKeyFile: "~/nonexistent-key" },
      `private key file "${homedir()}/nonexistent-key"`,
      "Set privateKeyFile to a file",
    ],
    [
      "a key variable that is not set",
      { privateKeyEnv: "NO_KEY" },
      'environment variable "NO_KEY" is not set where Pulumi runs',
      "Export NO_KEY",
    ],
    [
      "a password variable that is not set",
      { passwordEnv: "NO_PASSWORD" },
      'environment variable "NO_PASSWORD" is not set',
      "Export NO_PASSWORD",
    ],
    [
      "a passphrase variable that is not set",
      { privateKey: encrypted, passphraseEnv: "NO_PHRASE" },
      'environment variable "NO_PHRASE" is not set',
      "Export NO_PHRASE",
    ],
    [
      "nothing, and no agent runs",
      {},
      "no SSH agent runs (SSH_AUTH_SOCK is not set)",
      "Start an agent, or set privateKeyFile",
    ],
    ["nothing, and the agent is ruled out", { agent: false }, "agent is false", "leave out agent"],
    [
      "an encrypted key without a passphrase",
      { privateKey: encrypted },
      "is encrypted, and no passphrase is named",
      "Set passphraseEnv",
    ],
    [
      "what is no key",
      { privateKey: "s3cret-but-no-key" },
      "is no private key that can be read",
      "BEGIN and END lines",
    ],
    [
      "a public key",
      { privateKey: utils.generateKeyPairSync("ed25519").public },
      "is no private key",
      "BEGIN and END lines",
    ],
  ])("given %s, says so and names the cure", (_case, fields, detail, next) => {
    const { message, isTransient } = refusal(fields);
    expect(message).toContain('Cannot connect on host "db1": ');
    expect(message).toContain(detail);
    expect(message).toContain(next);
    expect(isTransient).toBe(false);
  });

  test("an empty variable counts as one that is not set", () => {
    process.env["EMPTY"] = "";
    expect(refusal({ passwordEnv: "EMPTY" }).message).toContain('"EMPTY" is not set');
  });

  test.each([
    ["a passphrase that does not fit", encrypted, "wrong-passphrase", "cannot be opened with the passphrase"],
    ["a key that was cut short", encrypted.slice(0, 200), PASSPHRASE, "is no private key that can be read"],
    ["text that is no key", "s3cret-but-no-key", PASSPHRASE, "is no private key that can be read"],
  ])("keeps secrets out of the message: %s", (_case, key, passphrase, detail) => {
    Object.assign(process.env, { DB_KEY: key, DB_PASSPHRASE: passphrase });
    const error = refusal({ privateKeyEnv: "DB_KEY", passphraseEnv: "DB_PASSPHRASE" });
    expect(error.message).toContain(detail);
    const everything = `${error.message}\n${error.stack}\n${JSON.stringify(error)}`;
    expect(everything).not.toContain(passphrase);
    for (const line of key.split("\n").filter((each) => each.length > 8)) expect(everything).not.toContain(line);
  });
});
