import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionArgs } from "../../provider/model/connection.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { Gate } from "../support/gate.js";
import { Hold, until } from "../support/hold.js";
import { newKey } from "../support/keys.js";
import { connectionTo, oneHost, type Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { reachOf } from "./stacks/far-pool.js";
import { tenMoreOn, twoVolumes, volumeNames } from "./stacks/two-volumes.js";

const [host, other] = labHosts() as [LabHost, LabHost];
const to = connectionTo(host);
const at = `root@${to.address} port 22`;

/** The words of the CLI without its line breaks and indents, which depend on where a line stands. */
const words = (output: string): string => output.replace(/\s+/g, " ");

const volumesOn = (connection: ConnectionArgs) => twoVolumes(host, connection);

const keys = mkdtempSync(join(tmpdir(), "pulumi-lvm-keys-"));
const locked = newKey(keys, "locked", { copyOf: host.privateKeyFile, passphrase: "open sesame" }).file;
let deployment: Deployment;
let before: string;
let beforeOther: string;

beforeAll(async () => {
  await resetHost(host);
  await resetHost(other);
  before = await hostFingerprint(host);
  beforeOther = await hostFingerprint(other);
  deployment = await Deployment.open("connection", { env: { LAB_PASSPHRASE: "open sesame" } });
});
afterAll(async () => {
  await deployment.close();
  rmSync(keys, { recursive: true });
});

/** Ends a test: nothing of ours is left on either host. */
async function destroy(): Promise<void> {
  changesOf(await deployment.destroy());
  expect(await hostFingerprint(host)).toBe(before);
  expect(await hostFingerprint(other)).toBe(beforeOther);
}

describe("what the CLI shows", () => {
  const { hostKey: _, ...unpinned } = to;

  test.each<[string, ConnectionArgs, string]>([
    ["a host key that is missing", unpinned, `Only then set hostKey: "${host.hostKey}"`],
    ["a name that does not resolve", { ...to, address: "no..such" }, 'the name "no..such" does not resolve'],
    [
      "a key that the host does not know",
      { ...to, privateKeyFile: newKey(keys, "stranger").file },
      `${at} refused every credential`,
    ],
    ["a user whose sudo asks for a password", { ...to, user: "nosudo" }, "nosudo ALL=(root) NOPASSWD: /bin/sh -s"],
    [
      "a jump host with another key",
      { ...connectionTo(other), jumpHosts: [{ ...to, hostKey: other.hostKey }] },
      `the host key of jump host ${to.address} is not the one that is pinned`,
    ],
  ])("at preview of %s is an error in words", async (_, connection, expected) => {
    const output = words(refusalOf(await deployment.preview(volumesOn(connection))));
    expect(output).toContain('Cannot connect on host "node": ');
    expect(output).toContain(expected);
    expect(output).not.toMatch(/ at .*\.js:\d+/);
  });

  test("of a host that refuses is a warning at preview and an error at up", async () => {
    const spec = volumesOn({ ...to, port: 1 });
    const expected = `Cannot connect on host "node": root@${to.address} port 1 refused the connection`;
    const preview = await deployment.preview(spec);
    expect(changesOf(preview)).toEqual({ create: 6 });
    expect(words(preview.output)).toContain(`warning: ${expected} Start sshd there, or set address and port`);
    const output = words(refusalOf(await deployment.up(spec)));
    expect(output).toContain(`${expected} Start sshd there, or set address and port`);
    expect(output).not.toMatch(/ at .*\.js:\d+/);
    await destroy();
  });
});

test("a user with sudo, by way of a jump host where it has no rights, with a locked key: a whole up and destroy", async () => {
  const login = { privateKeyFile: locked, passphraseEnv: "LAB_PASSPHRASE" };
  const beyond = { ...connectionTo(other), ...login, user: "deploy", jumpHosts: [{ ...to, ...login, user: "nosudo" }] };
  expect(changesOf(await deployment.up(volumesOn(beyond)))).toEqual({ create: 6 });
  expect(await volumeNames(other)).toEqual(["linear", "pool", "thin"]);
  expect(changesOf(await deployment.up())).toEqual({ same: 6 });
  await destroy();
});

describe("a stack of two hosts", () => {
  // Both hosts have both keys pinned, as hosts that were cloned from one image do: only their machine-ids tell them apart.
  const hostKey = [host.hostKey, other.hostKey];
  const reach = (address: Partial<ConnectionArgs>) => reachOf({ ...to, hostKey, ...address });
  let gate: Gate;
  let near: Spec;
  let spec: Spec & Required<Pick<Spec, "volumes">>;
  let mine: string;
  let others: string;

  beforeAll(async () => {
    gate = await Gate.open(host);
    near = {
      ...oneHost(host),
      hosts: { node: reach({ address: "127.0.0.1", port: gate.port }), other: reach({ address: other.address }) },
    };
    spec = { ...near, volumes: volumesOn(to).volumes };
    [mine, others] = (await Promise.all([host, other].map((each) => shOk(each, "cat /etc/machine-id")))).map((id) =>
      id.trim(),
    ) as [string, string];
    changesOf(await deployment.up(near));
  });
  afterAll(async () => {
    deployment.declare(spec);
    await destroy();
    await gate.close();
  });

  test("loses the connection while a volume is made: the end is not known, and the next up finishes it", async () => {
    const hold = await Hold.on(host, "lvcreate");
    const first = deployment.up({ ...spec, volumes: { thin: spec.volumes["thin"] ?? {} } });
    await hold.reached();
    await hold.killConnection();
    expect(words(refusalOf(await first))).toContain(
      'Cannot tell how the script ended on host "node": the connection was lost while it ran Check the host and the network, then run pulumi up again: it looks at the host first and goes on where this run ended',
    );
    // The script of the lost connection still holds the host's lock: the next up waits for it.
    const second = deployment.up();
    await until("the next up waits for the lock", async () => (await sh(host, "pgrep -x flock")).code === 0);
    await hold.release();
    changesOf(await second);
    expect(await volumeNames(host)).toEqual(["pool", "thin"]);
    expect(changesOf(await deployment.up())).toEqual({ same: 6 });
  });

  test("loses the connection while a volume is zeroed: the state has it, unfinished, and the next up finishes it", async () => {
    const hold = await Hold.on(host, "blkdiscard");
    const first = deployment.up(spec);
    await hold.reached();
    await hold.killConnection();
    expect(words(refusalOf(await first))).toContain("the connection was lost while it ran");
    expect(await shOk(host, "lvs --noheadings -o lv_tags fast/linear")).toContain("pulumi-lvm.pending=zero");
    expect((await deployment.state())["linear"]?.id).toBeDefined();
    await hold.release();
    changesOf(await deployment.up());
    expect(await shOk(host, "lvs --noheadings -o lv_tags fast/linear")).not.toContain("pending");
    expect(changesOf(await deployment.up())).toEqual({ same: 7 });
  });

  test("whose addresses are swapped in the program is refused, and neither host is touched", async () => {
    const { node, other: second } = spec.hosts as Record<"node" | "other", (typeof spec.hosts)[string]>;
    const swapped = { ...spec, hosts: { node: second, other: node } };
    const fingerprints = await Promise.all([host, other].map(hostFingerprint));
    for (const outcome of [await deployment.preview(swapped), await deployment.up(swapped)]) {
      expect(words(refusalOf(outcome))).toMatch(
        new RegExp(
          `has machine-id (${mine}|${others}), and this resource belongs to machine-id (${mine}|${others}) Set the address of the machine that holds it`,
        ),
      );
    }
    expect(await Promise.all([host, other].map(hostFingerprint))).toEqual(fingerprints);
    expect(changesOf(await deployment.up(spec))).toEqual({ same: 7 });
  });

  test("whose address leads to another machine all at once is refused by every command, and nothing is run there", async () => {
    const fingerprints = await Promise.all([host, other].map(hostFingerprint));
    const larger = { ...spec, volumes: { ...spec.volumes, thin: { ...spec.volumes["thin"], size: "200MiB" } } };
    gate.host = other;
    gate.cut();
    try {
      expect(words(refusalOf(await deployment.up(larger)))).toMatch(
        new RegExp(`Host .* is the same machine as Host .*: its machine-id is ${others} Check where both`),
      );
      for (const outcome of [await deployment.refresh(), await deployment.destroy()]) {
        expect(words(refusalOf(outcome))).toContain(
          `machine-id ${others}, and this resource belongs to machine-id ${mine}`,
        );
      }
    } finally {
      gate.host = host;
      gate.cut();
    }
    expect(await Promise.all([host, other].map(hostFingerprint))).toEqual(fingerprints);
    changesOf(await deployment.up(spec));
  });

  test("one of which lost its lvm2: the error names the package, and nothing is taken for gone", async () => {
    await shOk(host, "mv /usr/sbin/lvm /usr/sbin/lvm.hidden");
    try {
      const output = words(refusalOf(await deployment.preview(spec)));
      expect(output).toContain('Host "node" lacks lvm Install what is missing with: apt-get install lvm2');
      expect(words(refusalOf(await deployment.refresh()))).toContain('volume group "fast" cannot be seen');
    } finally {
      await shOk(host, "mv /usr/sbin/lvm.hidden /usr/sbin/lvm");
    }
    expect(changesOf(await deployment.up(spec))).toEqual({ same: 7 });
  });
});

describe("one host of two that does not answer", () => {
  let gate: Gate;
  beforeAll(async () => {
    gate = await Gate.open(other);
  });
  afterAll(() => gate.close());

  const far = () =>
    reachOf({ ...connectionTo(other), address: "127.0.0.1", port: gate.port, connectTimeoutSeconds: 2 });
  const near = volumesOn(to);

  test("is a warning at preview", async () => {
    gate.mode = "silent";
    const preview = await deployment.preview({ ...near, hosts: { ...near.hosts, far: far() } });
    expect(changesOf(preview)).toEqual({ create: 7 });
    expect(words(preview.output)).toContain(
      `warning: Cannot connect on host "far": root@127.0.0.1 port ${gate.port} did not answer within 2 s Check that the host is up`,
    );
  });

  test("does not hold up the other, whose volumes are made; without --continue-on-error Pulumi ends at the first error", async () => {
    gate.mode = "silent";
    const spec = { ...near, hosts: { ...near.hosts, far: far() } };
    const output = words(refusalOf(await deployment.up(spec, { continueOnError: true })));
    expect(output).toContain(
      `Cannot connect on host "far": root@127.0.0.1 port ${gate.port} did not answer within 2 s Check that the host is up`,
    );
    expect(await volumeNames(host)).toEqual(["linear", "pool", "thin"]);
  });

  test("is not asked once for each of its ten volumes", async () => {
    gate.mode = "open";
    changesOf(await deployment.up(tenMoreOn(other, far(), near)));
    gate.mode = "silent";
    gate.cut();
    for (const run of [() => deployment.refresh(), () => deployment.destroy()]) {
      const asked = gate.connections;
      expect(words(refusalOf(await run()))).toContain('Cannot connect on host "far": ');
      // The CLI may start the provider twice in one run: for a preview and for the update.
      expect(gate.connections - asked).toBeLessThanOrEqual(2);
    }
    expect(await volumeNames(other)).toHaveLength(11);
    gate.mode = "open";
    await destroy();
  });
});
