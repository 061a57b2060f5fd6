import { readdirSync, readFileSync } from "node:fs";
import { hostFingerprint, type LabHost, labHosts, passwordLogin, resetHost } from "../lab/index.js";
import { hostArgumentsDuring } from "../support/process-arguments.js";
import { connectionTo, oneHost, type Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";

const [gateway, host] = labHosts() as [LabHost, LabHost];

/** The most that the Pulumi CLI logs. */
const HIGHEST_VERBOSITY = 11;
/** From verbosity 9 on the engine itself writes down every property in clear, see docs/limitations.md. */
const VERBOSITY_OF_VALUES = 8;

/** The argument lists of all processes of this machine, taken down over and over while something runs. */
async function argumentsDuring(run: () => Promise<unknown>): Promise<string> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended meanwhile.
      }
    }
  }, 50);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return [...seen].join("\n");
}

const key = readFileSync(host.privateKeyFile, "utf8");
const secrets = { key, password: passwordLogin.password };
// A key is known by any line of it: logs may hold it with other line ends.
const marks = [passwordLogin.password, ...key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"))];
const leaks = (text: string): string[] => marks.filter((mark) => text.includes(mark));

const { privateKeyFile: _, ...target } = connectionTo(host);
const { privateKeyFile: __, ...jump } = { ...connectionTo(gateway), user: passwordLogin.user };
const asValues = {
  ...target,
  privateKey: { secret: "key" },
  jumpHosts: [{ ...jump, password: { secret: "password" } }],
};
const byReference = { ...target, privateKeyEnv: "LAB_KEY", jumpHosts: [{ ...jump, passwordEnv: "LAB_PASSWORD" }] };

const specOf = (connection: Record<string, unknown>): Spec => ({
  ...oneHost(host),
  hosts: { node: { connection } },
  volumes: { data: { pool: "pool", size: "100MiB", fileSystem: "ext4", deletionPolicy: "delete" } },
  attachments: { lease: { volume: "data", microVm: "vm-1" } },
  readVolumes: { live: { host: "node" } },
});

let before: string;
beforeAll(async () => {
  await resetHost(gateway);
  await resetHost(host);
  before = await hostFingerprint(host);
});

describe.each([
  ["marked secret and given as a value", asValues, VERBOSITY_OF_VALUES],
  ["given by reference", byReference, HIGHEST_VERBOSITY],
])("a credential %s", (_name, connection, logVerbosity) => {
  const spec = specOf(connection);
  const logs = { logToStdErr: true, logVerbosity };
  let deployment: Deployment;

  beforeAll(async () => {
    const env = { LAB_KEY: key, LAB_PASSWORD: passwordLogin.password };
    deployment = await Deployment.open("secrets", connection === asValues ? { secrets } : { env });
  });
  afterAll(async () => {
    await deployment.close();
  });

  test("is nowhere in clear: not in the logs, not in the process lists of either side", async () => {
    let output = "";
    let onHost = "";
    const here = await argumentsDuring(async () => {
      onHost = await hostArgumentsDuring(host, async () => {
        const outcome = await deployment.up(spec, logs);
        expect(changesOf(outcome)).toEqual({ create: 6 });
        output = outcome.output;
      });
    });
    // What was looked at is what it claims to be.
    expect(output).toContain("RegisterResource");
    expect(here).toContain("pulumi-resource-pulumi-nodejs");
    expect(onHost).toContain("lvcreate");
    expect({ output: leaks(output), here: leaks(here), onHost: leaks(onHost) }).toEqual({
      output: [],
      here: [],
      onHost: [],
    });
  });

  test("is nowhere in clear in the exported state, and what is read from the host is no secret because of it", async () => {
    expect(leaks(await deployment.exported())).toEqual([]);
    expect(JSON.stringify((await deployment.outputs())["live-volumes"])).toContain("fast");
  });

  test("does not keep destroy from leaving nothing", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});

test("a password that is wrong is not in the error about it", async () => {
  const password = "not-the-password-9f2c";
  const deployment = await Deployment.open("secrets-wrong", { secrets: { key, password } });
  try {
    const logs = { logToStdErr: true, logVerbosity: VERBOSITY_OF_VALUES };
    const output = refusalOf(await deployment.up(specOf(asValues), logs));
    expect(output).toContain("refused every credential");
    expect(output).not.toContain(password);
    expect(leaks(output)).toEqual([]);
  } finally {
    await deployment.close();
  }
});
