import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeChannels } from "../../provider/hosts/channels.js";
import { readLog } from "../../provider/hosts/events/read-log.js";
import { type ConnectionArgs, connection } from "../../provider/model/connection.js";
import { freeze, hostFingerprint, type LabHost, labHosts, passwordLogin, resetHost, shOk, thaw } from "../lab/index.js";
import { Gate } from "../support/gate.js";
import { newKey, startAgent } from "../support/keys.js";
import { connectionTo } from "../support/spec.js";
import { preview, upError } from "./reach.js";

const [host, other] = labHosts() as [LabHost, LabHost];
const to = connectionTo(host);
const at = `${to.address} port ${to.port}`;

const keys = mkdtempSync(join(tmpdir(), "pulumi-lvm-keys-"));
const fingerprintOf = async (host: LabHost): Promise<string> =>
  (await shOk(host, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")).split(" ")[1] ?? "";

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

beforeAll(async () => {
  await resetHost(host);
  await resetHost(other);
});
afterEach(async () => {
  // A failure is remembered for a connection, and the next test starts anew.
  await closeChannels();
  for (const name of set.splice(0)) delete process.env[name];
});
afterAll(() => rmSync(keys, { recursive: true }));

describe("The host key", () => {
  test("is required: without one the preview fails and shows what the host offers and how to compare it", async () => {
    const { hostKey: _, ...unpinned } = to;
    const { failure } = await preview(unpinned);
    const sha256 = await fingerprintOf(host);
    expect(failure).toBe(
      `Cannot connect on host "node": no hostKey is set for ${to.address}, and it offered ssh-ed25519 ${sha256}\n` +
        `Compare it on the host's own console: "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" must print ${sha256}. Only then set hostKey: "${host.hostKey}"`,
    );
    expect((await upError(unpinned)).message).toBe(failure);
  });

  test("that is another one than the pinned one stops the preview and the up", async () => {
    const wrong = { ...to, hostKey: other.hostKey };
    const { failure } = await preview(wrong);
    expect(failure).toContain(
      `the host key of ${to.address} is not the one that is pinned, ${await fingerprintOf(other)}: it offered ssh-ed25519 ${await fingerprintOf(host)}\nSomebody may be listening in, or the host was installed anew. Compare it`,
    );
    expect((await upError(wrong)).message).toBe(failure);
  });

  test("of a type that the host does not have is named beside the one that it has", async () => {
    const rsa = newKey(keys, "pinned-rsa", { type: "rsa" });
    const { failure } = await preview({ ...to, hostKey: rsa.publicLine });
    expect(failure).toContain(
      `${to.address} has no host key of the pinned type ssh-rsa: it offered ssh-ed25519 ${await fingerprintOf(host)}`,
    );
    expect(failure).toContain(`Only then set hostKey: "${host.hostKey}"`);
  });

  test("is found among several, with the comment and the line end of a .pub file", async () => {
    const rsa = newKey(keys, "other-rsa", { type: "rsa" });
    const { failure } = await preview({ ...to, hostKey: [rsa.publicLine, `${host.hostKey} root@host\n`] });
    expect(failure).toBe("");
  });

  test.each([
    ["cut short", (line: string) => line.slice(0, 30)],
    ["of another type than its line says", (line: string) => line.replace("ssh-ed25519", "ssh-rsa")],
    ["a known_hosts line", (line: string) => `node ${line}`],
    ["of a type that nobody has", () => "ssh-new AAAAB3Nza"],
  ])("%s is refused without asking the host", async (_, spoil) => {
    const { failure } = await preview({ ...to, port: 1, hostKey: spoil(host.hostKey) });
    expect(failure).toContain("host.connection.hostKey: ");
  });
});

describe("A host that cannot be reached", () => {
  test.each<[string, Partial<ConnectionArgs>, string]>([
    [
      "refuses",
      { port: 1 },
      `root@${to.address} port 1 refused the connection\nStart sshd there, or set address and port to where it listens`,
    ],
    [
      "has no route",
      { address: "10.77.0.250", connectTimeoutSeconds: 6 },
      "there is no way to root@10.77.0.250 port 22 (EHOSTUNREACH)\nCheck the network between this machine and the host, and the address",
    ],
  ])("%s: a warning of the preview and an error of the up", async (_, change, words) => {
    const { failure, warning } = await preview({ ...to, ...change });
    expect(failure).toBe("");
    expect(warning).toBe(`warning: Cannot connect on host "node": ${words}`);
    expect((await upError({ ...to, ...change })).message).toBe(`Cannot connect on host "node": ${words}`);
  });

  test("has a name that does not resolve: the preview fails", async () => {
    const { failure } = await preview({ ...to, address: "no..such" });
    expect(failure).toBe(
      'Cannot connect on host "node": the name "no..such" does not resolve (ENOTFOUND)\nSet address to a name that resolves where Pulumi runs, or to an IP address',
    );
  });

  test("swallows every packet: the time for connecting is over soon, and the error says how to set it", async () => {
    freeze(host);
    try {
      const { message } = await upError({ ...to, connectTimeoutSeconds: 1.5 });
      expect(message).toBe(
        `Cannot connect on host "node": root@${at} did not answer within 1.5 s\nCheck that the host is up and reachable from where Pulumi runs; connectTimeoutSeconds in the connection sets the limit`,
      );
    } finally {
      thaw(host);
    }
  });
});

describe("Something that is no SSH server", () => {
  let gate: Gate;
  beforeAll(async () => {
    gate = await Gate.open(host);
  });
  afterAll(() => gate.close());

  const local = (): ConnectionArgs => ({ ...to, address: "127.0.0.1", port: gate.port, connectTimeoutSeconds: 1 });

  test("accepts and says nothing: in time it counts as no answer", async () => {
    gate.mode = "silent";
    expect((await upError(local())).message).toContain(`root@127.0.0.1 port ${gate.port} did not answer within 1 s`);
  });

  test("closes the connection: the error says what to look at", async () => {
    gate.mode = "closed";
    expect((await upError(local())).message).toMatch(
      /broke off before the login: .*\nCheck that sshd of 127\.0\.0\.1 is what listens there/,
    );
  });

  test("is asked once for twenty volumes, and not twenty times one after the other", async () => {
    gate.mode = "silent";
    const before = gate.connections;
    const connection = local();
    await preview(connection);
    const failed = await Promise.all(Array.from({ length: 20 }, () => upError(connection)));
    const last = await upError(connection);
    for (const { message } of [...failed, last]) expect(message).toContain("did not answer within 1 s");
    expect(gate.connections - before).toBe(1);
  });
});

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

describe("A user other than root", () => {
  test("with sudo for /bin/sh -s reads the host", async () => {
    expect((await preview({ ...to, user: "deploy" })).failure).toBe("");
  });

  test("whose sudo asks for a password gets the sudoers line to add", async () => {
    expect((await preview({ ...to, user: "nosudo" })).failure).toBe(
      'Cannot connect on host "node": sudo does not let "nosudo" run /bin/sh -s without a password\nAdd this line on the host with visudo: nosudo ALL=(root) NOPASSWD: /bin/sh -s',
    );
  });
});

describe("One connection", () => {
  test("serves 25 reads at once of a host whose sshd allows 10 sessions", async () => {
    const settings = await shOk(host, "sshd -T");
    expect(settings).toMatch(/^maxsessions 10$/m);
    const node = { name: "node", machineId: "", connection: connection.parse(to) };
    const logs = await Promise.all(Array.from({ length: 25 }, () => readLog(node, [])));
    expect(logs.map(({ host }) => host)).toEqual(Array(25).fill("node"));
  });
});

describe("A jump host", () => {
  const jump = connectionTo(host);
  const beyond = connectionTo(other);

  test("leads to the host, also by way of two", async () => {
    expect((await preview({ ...beyond, jumpHosts: [jump] })).failure).toBe("");
    expect((await preview({ ...jump, jumpHosts: [jump, { ...beyond, user: "deploy" }] })).failure).toBe("");
  });

  test("with another key is named as the hop that is wrong", async () => {
    const { failure } = await preview({ ...beyond, jumpHosts: [{ ...jump, hostKey: other.hostKey }] });
    expect(failure).toContain(`the host key of jump host ${jump.address} is not the one that is pinned`);
  });

  test("without a key of its own is refused, whatever key the host has", async () => {
    const { hostKey: _, ...unpinned } = jump;
    const { failure } = await preview({ ...beyond, jumpHosts: [unpinned] });
    expect(failure).toContain(`no hostKey is set for jump host ${jump.address}, and it offered`);
  });

  test("does not stand in for the host: the host's own key is compared too", async () => {
    const { failure } = await preview({ ...beyond, hostKey: jump.hostKey as string, jumpHosts: [jump] });
    expect(failure).toContain(`the host key of ${beyond.address} is not the one that is pinned`);
  });

  test("that does not let the user in is named", async () => {
    const { file } = newKey(keys, "jump-stranger");
    const { failure } = await preview({ ...beyond, jumpHosts: [{ ...jump, privateKeyFile: file }] });
    expect(failure).toContain(`jump host root@${at} refused every credential`);
  });

  test("that cannot reach the host says so", async () => {
    const { warning } = await preview({ ...beyond, port: 1, jumpHosts: [jump] });
    expect(warning).toContain(
      `the jump host cannot reach ${beyond.address} port 1: (SSH) Channel open failure: Connection refused\nCheck the address as seen from the jump host`,
    );
  });

  test("that leads to a dead host does not wait longer than the time for connecting", async () => {
    freeze(other);
    try {
      const { message } = await upError({ ...beyond, jumpHosts: [jump], connectTimeoutSeconds: 2 });
      expect(message).toContain(`: root@${beyond.address} port 22 did not answer within 2 s`);
    } finally {
      thaw(other);
    }
  });

  test("that is dead is named", async () => {
    freeze(host);
    try {
      const { message } = await upError({ ...beyond, jumpHosts: [jump], connectTimeoutSeconds: 2 });
      expect(message).toContain(`: jump host root@${at} did not answer within 2 s`);
    } finally {
      thaw(host);
    }
  });
});

test("None of this left anything on the host", async () => {
  const before = await hostFingerprint(host);
  await resetHost(host);
  expect(await hostFingerprint(host)).toBe(before);
});
