import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeChannels } from "../../provider/hosts/channels.js";
import { readLog } from "../../provider/hosts/events/read-log.js";
import { type ConnectionArgs, connection } from "../../provider/model/connection.js";
import { freeze, hostFingerprint, type LabHost, labHosts, resetHost, shOk, thaw } from "../lab/index.js";
import { Gate } from "../support/gate.js";
import { newKey } from "../support/keys.js";
import { connectionTo } from "../support/spec.js";
import { preview, upError } from "./reach.js";

const [host, other] = labHosts() as [LabHost, LabHost];
const to = connectionTo(host);
const at = `${to.address} port ${to.port}`;

const keys = mkdtempSync(join(tmpdir(), "pulumi-lvm-keys-"));
const fingerprintOf = async (host: LabHost): Promise<string> =>
  (await shOk(host, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")).split(" ")[1] ?? "";

beforeAll(async () => {
  await resetHost(host);
  await resetHost(other);
});
// A failure is remembered for a connection, and the next test starts anew.
afterEach(() => closeChannels());
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
