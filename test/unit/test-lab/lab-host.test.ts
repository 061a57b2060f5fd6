import { labHosts } from "../../lab/lab-host.js";

const host = {
  name: "db1",
  address: "192.0.2.1",
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  privateKeyFile: "/root/.ssh/id_ed25519",
  disks: ["/dev/sdb"],
};

afterEach(() => {
  delete process.env["LAB_HOSTS"];
});

test("labHosts() reads LAB_HOSTS", () => {
  process.env["LAB_HOSTS"] = JSON.stringify([host]);
  expect(labHosts()).toEqual([host]);
});

test.each([
  [
    "says how to run a suite without a lab",
    undefined,
    /LAB_HOSTS is not set\nRun the suite inside the lab: npm run e2e/,
  ],
  ["names a missing field", [{ ...host, disks: undefined }], /disks/],
  ["refuses a disk that is no device", [{ ...host, disks: ["sdb"] }], /disks/],
  ["refuses an empty list", [], /LAB_HOSTS/],
])("labHosts() %s", (_, hosts, message) => {
  if (hosts) process.env["LAB_HOSTS"] = JSON.stringify(hosts);
  expect(() => labHosts()).toThrow(message);
});
