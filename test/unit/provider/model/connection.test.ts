import { connection } from "../../../../provider/model/connection.js";
import { makeHostKey, sshString } from "../../keys.js";

const { line } = makeHostKey();

const complaints = (input: unknown): string[] =>
  connection.safeParse(input).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("connection", () => {
  test("fills in what nearly everybody leaves out", () => {
    expect(connection.parse({ address: "db1", hostKey: line })).toEqual({
      address: "db1",
      port: 22,
      user: "root",
      hostKey: line,
      jumpHosts: [],
      connectTimeoutSeconds: 20,
      runTimeoutSeconds: 300,
    });
  });

  test.each([
    ["a name", { address: "db1.example.org" }],
    ["an IPv4 address", { address: "192.0.2.1" }],
    ["an IPv6 address", { address: "2001:db8::1" }],
    ["an IPv6 address in brackets, with a zone", { address: "[fe80::1%eth0]" }],
    ["a host key with a comment", { address: "db1", hostKey: `${line} root@db1` }],
    ["several host keys", { address: "db1", hostKey: [line, makeHostKey().line] }],
    ["no host key, which the connect itself refuses with the key to pin", { address: "db1" }],
    ["an agent's socket", { address: "db1", agent: "/run/agent" }],
    [
      "a key of a jump host beside one of the host",
      {
        address: "db1",
        privateKeyFile: "~/.ssh/db",
        jumpHosts: [{ address: "gate", privateKeyEnv: "GATE_KEY" }],
      },
    ],
  ])("takes %s", (_case, input) => {
    expect(complaints(input)).toEqual([]);
  });

  test.each([
    ["an address with a user", { address: "root@db1" }, "address: must be a host name or an IP address"],
    ["an option in place of an address", { address: "-oProxyCommand=x y" }, "address: must be a host name"],
    ["a user with a newline", { address: "db1", user: "root\n" }, "user: must be a user name"],
    ["a port that does not exist", { address: "db1", port: 65_536 }, "port: "],
    ["a fingerprint in place of a key", { address: "db1", hostKey: "SHA256:abc" }, "hostKey: "],
    ["no key at all", { address: "db1", hostKey: [] }, "hostKey: "],
    [
      "the value of a secret in place of a variable's name",
      { address: "db1", passwordEnv: "s3cret!" },
      "passwordEnv: must be the name",
    ],
    ["an empty password", { address: "db1", password: "" }, "password: "],
    ["a misspelt field", { address: "db1", privateKeyfile: "k" }, 'Unrecognized key: "privateKeyfile"'],
    [
      "a misspelt field of a jump host",
      { address: "db1", jumpHosts: [{ address: "gate", usr: "x" }] },
      'jumpHosts.0: Unrecognized key: "usr"',
    ],
    ["nine jump hosts", { address: "db1", jumpHosts: Array(9).fill({ address: "gate" }) }, "jumpHosts: "],
    ["no time to connect", { address: "db1", connectTimeoutSeconds: 0 }, "connectTimeoutSeconds: "],
    ["more than a day for a script", { address: "db1", runTimeoutSeconds: 86_401 }, "runTimeoutSeconds: "],
    [
      "two private keys",
      { address: "db1", privateKeyFile: "k", privateKeyEnv: "K" },
      "privateKeyEnv: give either privateKeyFile or privateKeyEnv",
    ],
    [
      "two passwords of a jump host",
      { address: "db1", jumpHosts: [{ address: "gate", passwordEnv: "P", password: "p" }] },
      "jumpHosts.0.password: give either passwordEnv or password",
    ],
  ])("refuses %s", (_case, input, words) => {
    expect(complaints(input).join("\n")).toContain(words);
  });

  test("refuses a host key that was cut short", () => {
    expect(complaints({ address: "db1", hostKey: line.slice(0, 30) }).join()).toContain("hostKey");
  });

  test("refuses a host key of another type than the word before it says", () => {
    const blob = Buffer.concat([sshString("ssh-rsa"), sshString("key".repeat(20))]);
    expect(complaints({ address: "db1", hostKey: `ssh-ed25519 ${blob.toString("base64")}` }).join()).toContain(
      "hostKey",
    );
  });
});
