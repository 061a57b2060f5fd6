import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFingerprint, type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { oneHost, type Spec } from "../support/spec.js";

const hosts = labHosts().slice(0, 2) as [LabHost, LabHost];
const server = labS3();
/** One stack for each tenant, on a host of its own, with a target of its own; the names in the programs are the same. */
const tenants = hosts.map((host, index) => ({ host, stack: `tenant${index}-${Date.now().toString(36)}` }));

interface Answer {
  readonly changes?: Record<string, Record<string, number>>;
  readonly error?: string;
}

describe("two stacks of one process that runs inline programs", () => {
  let service: ChildProcess;
  let before: string[];

  beforeAll(async () => {
    await Promise.all(hosts.map((host) => resetHost(host)));
    before = await Promise.all(hosts.map((host) => hostFingerprint(host)));
    service = fork(join(__dirname, "program/inline.js"), { execArgv: [] });
  });
  afterAll(() => service.kill());

  const masterKeys = tenants.map(() => randomBytes(32).toString("base64"));
  const specOf = (host: LabHost, index: number, size: string): Spec => ({
    ...oneHost(host),
    existingTargets: {
      offsite: {
        endpoint: server.endpoint,
        bucket: `bucket-of-${index}`,
        caCertificate: readFileSync(server.caCertificateFile, "utf8"),
        masterKey: masterKeys[index],
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      },
    },
    volumes: {
      data: { pool: "pool", size, deletionPolicy: "delete", deleteUnverified: true, labels: { tier: "gold" } },
    },
    policies: { nightly: { match: { tier: "gold" }, target: "offsite", schedule: "daily" } },
  });

  async function run(operation: "preview" | "up" | "refresh" | "destroy", size = "64MiB") {
    const specs = Object.fromEntries(tenants.map(({ host, stack }, index) => [stack, specOf(host, index, size)]));
    const answered = once(service, "message") as Promise<[Answer]>;
    service.send({ operation, specs });
    const [{ changes, error }] = await answered;
    if (error !== undefined) throw new Error(error);
    return tenants.map(({ stack }) => changes?.[stack]);
  }

  const both = <T>(value: T): [T, T] => [value, value];

  test("preview and up make each tenant's own resources", async () => {
    const made = both(expect.objectContaining({ create: expect.any(Number) }));
    expect(await run("preview")).toEqual(made);
    expect(await run("up")).toEqual(made);
  });

  test("each tenant's volume is scheduled into its own bucket, and into no other", async () => {
    const targets = await Promise.all(hosts.map((host) => shOk(host, "cat /etc/pulumi-lvm/schedules/*.json")));
    for (const [index, text] of targets.entries()) expect(text.match(/bucket-of-\d/g)).toEqual([`bucket-of-${index}`]);
  });

  test("a changed program updates, the same one has nothing to do, and a refresh finds nothing", async () => {
    expect(await run("up", "128MiB")).toEqual(both(expect.objectContaining({ update: 1 })));
    const none = both({ same: expect.any(Number) });
    expect(await run("up", "128MiB")).toEqual(none);
    expect(await run("refresh", "128MiB")).toEqual(none);
  });

  test("destroy leaves nothing on either host", async () => {
    await run("destroy", "128MiB");
    expect(await Promise.all(hosts.map((host) => hostFingerprint(host)))).toEqual(before);
  });
});
