import * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs as ReadConnection } from "../../../provider/model/connection.js";
import { type ConnectionArgs, Host } from "../../../sdk/index.js";
import { mockDeployment } from "./mocked-deployment.js";

const registered = new Map<string, Record<string, unknown>>();

beforeEach(async () => {
  registered.clear();
  await mockDeployment(({ name, inputs }) => registered.set(name, inputs));
});
afterEach(() => pulumi.runtime.setAllConfig({}));

/** How a host was registered, and whether its connection is a secret. */
async function reached(host: Host, name: string): Promise<{ connection: unknown; isSecret: boolean }> {
  await new Promise((resolve) => host.urn.apply(resolve));
  const registeredHost = registered.get(name)?.["host"] as { value?: object; connection?: object };
  const { connection } = (registeredHost.value ?? registeredHost) as { connection?: object };
  return { connection, isSecret: await pulumi.isSecret(host.ref.connection) };
}

const configure = (config: Record<string, object>, ...secretKeys: string[]) => {
  const texts = Object.entries(config).map(([key, value]) => [key, JSON.stringify(value)]);
  // The second argument is not in Pulumi's types.
  (pulumi.runtime.setAllConfig as (config: object, secretKeys: string[]) => void)(
    Object.fromEntries(texts),
    secretKeys,
  );
};

describe("a connection in the program", () => {
  test("takes an output in the place of each field", async () => {
    const server = { ip: pulumi.output("192.0.2.7"), key: pulumi.output("ssh-ed25519 AAAA") };
    // Its types are what is tested: each field that the provider reads as an output, and the whole as one.
    const connection: { readonly [key in keyof Required<ReadConnection>]: ConnectionArgs[key] } = {
      address: server.ip,
      port: pulumi.output(2222),
      user: Promise.resolve("deploy"),
      hostKey: [server.key],
      agent: pulumi.output(false),
      privateKeyFile: pulumi.output("~/.ssh/id"),
      privateKeyEnv: undefined,
      privateKey: undefined,
      passphraseEnv: pulumi.output("PASSPHRASE"),
      password: undefined,
      passwordEnv: pulumi.output("PASSWORD"),
      jumpHosts: [{ address: server.ip, port: pulumi.output(22) }],
      connectTimeoutSeconds: pulumi.output(10),
      runTimeoutSeconds: 60,
    };
    const whole: pulumi.Output<ReadConnection> = pulumi.output({ address: "192.0.2.8" });
    const host = new Host("fields", { connection });
    expect(await reached(host, "fields")).toEqual({
      connection: {
        address: "192.0.2.7",
        port: 2222,
        user: "deploy",
        hostKey: ["ssh-ed25519 AAAA"],
        agent: false,
        privateKeyFile: "~/.ssh/id",
        passphraseEnv: "PASSPHRASE",
        passwordEnv: "PASSWORD",
        jumpHosts: [{ address: "192.0.2.7", port: 22 }],
        connectTimeoutSeconds: 10,
        runTimeoutSeconds: 60,
      },
      isSecret: false,
    });
    const { connection: read } = await reached(new Host("whole", { connection: whole }), "whole");
    expect(read).toEqual({ address: "192.0.2.8" });
  });

  test("is a secret when a password is given, for the host or on the way to it", async () => {
    const password = pulumi.output("hunter2");
    const direct = new Host("direct", { connection: { address: "192.0.2.1", password } });
    expect(await reached(direct, "direct")).toMatchObject({ isSecret: true });
    const jumpHosts = [{ address: "192.0.2.2", password }];
    const behind = new Host("behind", { connection: { address: "192.0.2.1", jumpHosts } });
    expect(await reached(behind, "behind")).toMatchObject({ isSecret: true });
  });
});

describe("a connection in the stack's configuration", () => {
  test("is that of the host's name, and for the rest that of all hosts", async () => {
    configure({
      "lvm:connection": { user: "deploy", port: 2222, privateKeyFile: "~/.ssh/deploy" },
      "lvm:hosts": { db1: { address: "192.0.2.1", port: 22 }, db2: { address: "192.0.2.2" } },
    });
    expect(await reached(new Host("db1"), "db1")).toEqual({
      connection: { address: "192.0.2.1", port: 22, user: "deploy", privateKeyFile: "~/.ssh/deploy" },
      isSecret: false,
    });
    const connection = { address: "192.0.2.9" };
    expect((await reached(new Host("db2", { connection }), "db2")).connection).toEqual(connection);
  });

  test("is a secret when the configuration holds one", async () => {
    configure({ "lvm:hosts": { db1: { address: "192.0.2.1" } } }, "lvm:hosts");
    expect((await reached(new Host("db1"), "db1")).isSecret).toBe(true);
  });

  test("is missed with what to do about it", () => {
    configure({ "lvm:connection": { user: "deploy" }, "lvm:hosts": { db2: { address: "192.0.2.2" } } });
    expect(() => new Host("db1", {})).toThrow(pulumi.RunError);
    expect(() => new Host("db1", {})).toThrow(
      `Cannot reach Host "db1": the program gives no connection, and the stack's configuration has no address of it
Give connection, or set it: pulumi config set --path 'lvm:hosts["db1"].address' <address>`,
    );
  });
});
