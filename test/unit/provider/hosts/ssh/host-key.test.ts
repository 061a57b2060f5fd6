import { hopsTo } from "../../../../../provider/hosts/ssh/hop.js";
import { describeOfferedKey, pinnedKeys } from "../../../../../provider/hosts/ssh/host-key.js";
import { connection } from "../../../../../provider/model/connection.js";
import { makeHostKey, sshString } from "../../../keys.js";

const offered = makeHostKey();
const hop = (fields: object) =>
  hopsTo("db1", connection.parse({ address: "192.0.2.7", ...fields })).at(-1) as ReturnType<typeof hopsTo>[0];

const rsaBlob = Buffer.concat([sshString("ssh-rsa"), sshString("e"), sshString("n".repeat(64))]);
const rsaLine = `ssh-rsa ${rsaBlob.toString("base64")} root@db1`;

describe("pinnedKeys", () => {
  test("reads the key of each line, whatever its comment", () => {
    expect(pinnedKeys(hop({ hostKey: [`${offered.line} a comment`, rsaLine] }).endpoint).blobs).toEqual([
      offered.blob,
      rsaBlob,
    ]);
  });

  test("pins nothing when no key is given", () => {
    expect(pinnedKeys(hop({}).endpoint).blobs).toEqual([]);
  });

  test("asks for the algorithms of an RSA key first, by the names of RFC 8332", () => {
    const { algorithms } = pinnedKeys(hop({ hostKey: rsaLine }).endpoint);
    expect(algorithms.slice(0, 2)).toEqual(["rsa-sha2-512", "rsa-sha2-256"]);
    expect(algorithms).toContain("ssh-ed25519");
  });

  test("never asks for DSA", () => {
    expect(pinnedKeys(hop({}).endpoint).algorithms).not.toContain("ssh-dss");
  });
});

describe("describeOfferedKey", () => {
  test("without a pinned key gives the line to pin, and how to compare it first", () => {
    const { detail, next } = describeOfferedKey(hop({}), offered.blob);
    expect(detail).toMatch(/^no hostKey is set for 192\.0\.2\.7, and it offered ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/);
    expect(next).toContain('"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" must print SHA256:');
    expect(next).toContain(`Only then set hostKey: "${offered.line}"`);
  });

  test("with another key pinned warns of somebody in between, and names both fingerprints", () => {
    const { detail, next } = describeOfferedKey(hop({ hostKey: makeHostKey().line }), offered.blob);
    expect(detail).toContain("the host key of 192.0.2.7 is not the one that is pinned");
    expect(detail.match(/SHA256:[A-Za-z0-9+/]{43}/g)).toHaveLength(2);
    expect(next).toMatch(/^Somebody may be listening in, or the host was installed anew/);
  });

  test("says that a key of the pinned type is missing", () => {
    expect(describeOfferedKey(hop({ hostKey: rsaLine }), offered.blob).detail).toContain(
      "has no host key of the pinned type ssh-rsa: it offered ssh-ed25519",
    );
  });

  test.each([
    ["ecdsa-sha2-nistp256", "ssh_host_ecdsa_key.pub"],
    ["ssh-rsa", "ssh_host_rsa_key.pub"],
  ])("names the file of a key of type %s", (type, file) => {
    const blob = Buffer.concat([sshString(type), sshString("key")]);
    expect(describeOfferedKey(hop({}), blob).next).toContain(file);
  });

  test("prints the fingerprint that OpenSSH prints", () => {
    // docs.github.com, "GitHub's SSH key fingerprints"
    const key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const { detail } = describeOfferedKey(hop({}), Buffer.from(key, "base64"));
    expect(detail).toContain("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
  });
});
