import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeChannels } from "../../provider/hosts/channels.js";
import type { ConnectionArgs } from "../../provider/model/connection.js";
import { hostFingerprint, type LabHost, labHosts, passwordLogin, resetHost } from "../lab/index.js";
import { newKey, startAgent } from "../support/keys.js";
import { connectionTo } from "../support/spec.js";
import { preview } from "./reach.js";

const [host] = labHosts() as [LabHost];
const to = connectionTo(host);
const at = `${to.address} port ${to.port}`;

const keys = mkdtempSync(join(tmpdir(), "pulumi-lvm-keys-"));

/** The connection with other credentials. */
const as = (login: Partial<ConnectionArgs>): ConnectionArgs => {
  const { privateKeyFile: _, ...rest } = to;
  return { ...rest, ...login };
};

const set: string[] = [];
const setEnv = (name: string, value: string) => {
  process.env[name] = value;
  set.push(name);
};

beforeAll(() => resetHost(host));
afterEach(async () => {
  // A failure is remembered for a connection, and the next test starts anew.
  await closeChannels();
  for (const name of set.splice(0)) delete process.env[name];
});
afterAll(() => rmSync(keys, { recursive: true }));

describe("Credentials", () => {
  test("that the host does not know: the error says what was offered", async () => {
    const { file } = newKey(keys, "stranger");
    const { failure } = await preview(as({ privateKeyFile: file }));
    expect(failure).toBe(
      `Cannot connect on host "node": root@${at} refused every credential; it was offered private key file "${file}"\nAdd the public key to the authorized_keys of "root" there, or name another credential in the connection`,
    );
  });

  test.each<[string, Partial<ConnectionArgs>, string]>([
    [
      "a key file that does not exist",
      { privateKeyFile: "/no/such/key" },
      'private key file "/no/such/key" cannot be read: ENOENT\nSet privateKeyFile to a file that the user who runs Pulumi can read',
    ],
    [
      "a key file that holds no private key",
      { privateKeyFile: "/etc/hostname" },
      'private key file "/etc/hostname" is no private key that can be read\nGive the whole key with its BEGIN and END lines',
    ],
    [
      "a variable that is not set",
      { privateKeyEnv: "LAB_NO_SUCH_KEY" },
      'environment variable "LAB_NO_SUCH_KEY" is not set where Pulumi runs\nExport LAB_NO_SUCH_KEY, then run it again',
    ],
    [
      "a password variable that is not set",
      { passwordEnv: "LAB_NO_SUCH_PASSWORD" },
      'environment variable "LAB_NO_SUCH_PASSWORD" is not set where Pulumi runs',
    ],
    [
      "no credential and no agent",
      { agent: false },
      `no credential is named for ${to.address}, and agent is false\nSet privateKeyFile, privateKeyEnv or passwordEnv`,
    ],
    [
      "an agent that does not run",
      { agent: "/no/such/agent" },
      "the SSH agent at \"/no/such/agent\" cannot be used: Failed to connect to agent\nStart it and see with 'ssh-add -l' that it holds the key",
    ],
    [
      "two private keys",
      { privateKeyFile: "/no/such/key", privateKeyEnv: "LAB_KEY" },
      "host.connection.privateKeyEnv: give either privateKeyFile or privateKeyEnv",
    ],
  ])("%s: the preview fails", async (_, login, words) => {
    expect((await preview(as(login))).failure).toContain(words);
  });

  test("none named, and no agent runs where Pulumi runs: the preview fails", async () => {
    const socket = process.env["SSH_AUTH_SOCK"];
    delete process.env["SSH_AUTH_SOCK"];
    try {
      expect((await preview(as({}))).failure).toContain(
        `no credential is named for ${to.address}, and no SSH agent runs (SSH_AUTH_SOCK is not set)\nStart an agent, or set privateKeyFile`,
      );
    } finally {
      if (socket !== undefined) process.env["SSH_AUTH_SOCK"] = socket;
    }
  });

  test.each(["OpenSSH", "PEM"] as const)("a private key with a passphrase, in the format of %s", async (format) => {
    const { file } = newKey(keys, `locked-${format}`, { type: "rsa", passphrase: "open sesame", format });
    const locked = as({ privateKeyFile: file });
    expect((await preview(locked)).failure).toContain(
      `private key file "${file}" is encrypted, and no passphrase is named\nSet passphraseEnv to the name of an environment variable`,
    );
    await closeChannels();
    setEnv("LAB_PASSPHRASE", "open barley");
    const { failure } = await preview({ ...locked, passphraseEnv: "LAB_PASSPHRASE" });
    expect(failure).toContain(
      `private key file "${file}" cannot be opened with the passphrase of variable "LAB_PASSPHRASE"\nSet LAB_PASSPHRASE to the key's passphrase`,
    );
    expect(failure).not.toContain("barley");
    await closeChannels();
    setEnv("LAB_PASSPHRASE", "open sesame");
    // The host does not know this key, so it is opened and offered.
    expect((await preview({ ...locked, passphraseEnv: "LAB_PASSPHRASE" })).failure).toContain(
      `refused every credential; it was offered private key file "${file}"`,
    );
  });

  test("a private key with a passphrase logs in", async () => {
    const { file } = newKey(keys, "locked", { copyOf: host.privateKeyFile, passphrase: "open sesame" });
    setEnv("LAB_PASSPHRASE", "open sesame");
    expect((await preview(as({ privateKeyFile: file, passphraseEnv: "LAB_PASSPHRASE" }))).failure).toBe("");
  });

  test("a private key from a variable, and as a value", async () => {
    const text = readFileSync(host.privateKeyFile, "utf8");
    setEnv("LAB_PRIVATE_KEY", text);
    expect((await preview(as({ privateKeyEnv: "LAB_PRIVATE_KEY" }))).failure).toBe("");
    expect((await preview(as({ privateKey: text }))).failure).toBe("");
  });

  test("a password from a variable, and as a value; a wrong one is not shown", async () => {
    const { user, password } = passwordLogin;
    // That user is in no sudoers file: what sudo says shows that the login went well.
    const words = `sudo does not let "${user}" run /bin/sh -s without a password`;
    setEnv("LAB_PASSWORD", password);
    expect((await preview(as({ user, passwordEnv: "LAB_PASSWORD" }))).failure).toContain(words);
    expect((await preview(as({ user, password }))).failure).toContain(words);
    const { failure } = await preview(as({ user, password: "wrong-password" }));
    expect(failure).toContain(`${user}@${at} refused every credential; it was offered the password\n`);
    expect(failure).not.toContain("wrong-password");
  });

  test("the agent: named by its socket, by SSH_AUTH_SOCK, and taken when nothing else is named", async () => {
    const agent = await startAgent(keys);
    try {
      expect((await preview(as({ agent: agent.socket }))).failure).toContain(
        `refused every credential; it was offered the keys of the SSH agent at "${agent.socket}"`,
      );
      await closeChannels();
      agent.add(host.privateKeyFile);
      expect((await preview(as({ agent: agent.socket }))).failure).toBe("");
      setEnv("SSH_AUTH_SOCK", agent.socket);
      expect((await preview(as({ agent: true }))).failure).toBe("");
      expect((await preview(as({}))).failure).toBe("");
    } finally {
      agent.stop();
    }
  });

  test("another one is tried when the agent does not run", async () => {
    expect((await preview({ ...to, agent: "/no/such/agent" })).failure).toBe("");
  });
});

test("None of this left anything on the host", async () => {
  const before = await hostFingerprint(host);
  await resetHost(host);
  expect(await hostFingerprint(host)).toBe(before);
});
