import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  type Declared,
  deletedAtOnce,
  shortRetention,
  targetAtSite,
  unlockedTarget,
  unscheduledVolumes,
} from "../../../examples/policy/rules.js";
import { MACHINE_ID } from "../../support/samples.js";

// The examples name the package, whose build may be missing or older than its sources.
jest.mock("pulumi-lvm", () => jest.requireActual("../../../sdk/index.js"), { virtual: true });

const connection = { address: "10.0.0.11", hostKey: "ssh-ed25519 AAAA" };
const volumes = {
  data: { size: "1GiB", tier: "gold" },
  media: { size: "1GiB", tier: "silver" },
  scratch: { size: "1GiB", tier: "bulk" },
};
const node = { connection, disk: "/dev/sdb", poolSize: "4GiB", volumes };

/** What each example is configured with, as its stack would. */
const CONFIG: Readonly<Record<string, Record<string, unknown>>> = {
  quickstart: { hosts: [node, node], graceDays: 0 },
  backups: { host: node, forceDestroy: true },
  "backup-target": {},
  fleet: { nodes: { node1: node } },
};

const ids = [MACHINE_ID, "11111111-2222-3333-4444-555555555555"];
// What a preview tells, such as the next runs.
jest.spyOn(console, "log").mockImplementation();

const home = process.cwd();
afterEach(() => process.chdir(home));

/** As a policy pack sees them. */
const withoutSecrets = (props: object) =>
  Object.fromEntries(Object.entries(props).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]));

/** The resources that an example declares in the stack "prod". */
async function declaredBy(example: string): Promise<Declared[]> {
  const declared: Declared[] = [];
  const config = Object.entries(CONFIG[example] ?? {}).map(([key, value]) => [
    `infra:${key}`,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config));
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const aws = { arn: `arn:aws:s3:::${name}`, bucket: name, name, region: "eu-central-1", secret: "key" };
        const key = { key: Buffer.alloc(32, 7).toString("base64") };
        const outputs = type.startsWith("aws:") ? aws : type.endsWith(":MasterKey") ? key : {};
        const props = { ...outputs, ...inputs };
        declared.push({ type, urn: `urn:pulumi:prod::infra::${type}::${name}`, props: withoutSecrets(props) });
        return {
          id: (type.endsWith(":Host") ? ids[0] : type.endsWith(":Volume") ? ids[1] : name) as string,
          state: props,
        };
      },
      call: () => ({}),
    },
    "infra",
    "prod",
    true,
    "acme",
  );
  // A program is in its folder when it runs.
  process.chdir(join(home, "examples", example));
  await import(join(home, "examples", example, "index.ts"));
  await pulumi.runtime.disconnect();
  return declared;
}

const examples: Record<string, Declared[]> = {};
beforeAll(async () => {
  for (const example of Object.keys(CONFIG)) examples[example] = await declaredBy(example);
}, 60_000);

const of = (example: string) => examples[example] ?? [];
const namesOf = (resources: readonly Declared[]) => resources.map(({ urn }) => urn.split("::")[3]).sort();

test.each([
  ["fleet", []],
  ["quickstart", ["data", "site", "wal"]],
  ["backups", ["data"]],
  ["backup-target", []],
])("volumes of %s without a schedule: %j", (example, names) => {
  expect(namesOf(unscheduledVolumes(of(example)))).toEqual(names);
});

const find = (example: string, name: string): Declared => {
  const found = of(example).find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`${example} declares no ${name}`);
  return found;
};
/** A resource of the fleet with some of its fields changed. */
const changed = (name: string, props: object): Declared => {
  const { props: given, ...rest } = find("fleet", name);
  return { ...rest, props: { ...given, ...props } };
};
const gold = "gold:node1-data:offsite";
const silver = "silver:node1-media:offsite";

test("a volume on another host or in another group than the scheduled one of its name is unscheduled", () => {
  for (const props of [{ host: { name: "node2" } }, { volumeGroup: "other" }]) {
    const moved = changed("node1-data", props);
    expect(unscheduledVolumes([...of("fleet"), moved])).toEqual([moved]);
  }
});

test("a volume that a delete removes at once is found, and no other", () => {
  const found = Object.values(examples).map((all) => namesOf(all.filter((each) => deletedAtOnce(each) !== undefined)));
  expect(found).toEqual([["data", "site", "wal"], ["data"], [], []]);
});

test("a schedule needs Object Lock in the stacks that are production", () => {
  expect(unlockedTarget(find("fleet", gold), ["prod"])).toContain('target "offsite" has no Object Lock');
  expect(unlockedTarget(find("fleet", gold), ["production"])).toBeUndefined();
  expect(unlockedTarget(changed(gold, { lockDays: 14 }), ["prod"])).toBeUndefined();
});

test("a target in the region of its host is found, and a host whose region nobody gave", () => {
  const schedule = changed(gold, { target: { name: "offsite", region: "eu-central-1" } });
  expect(targetAtSite(schedule, { node1: "eu-central-1" })).toContain(
    '"offsite" is in eu-central-1, as host "node1" is',
  );
  expect(targetAtSite(schedule, { node1: "eu-west-1" })).toBeUndefined();
  expect(targetAtSite(schedule, { node2: "eu-west-1" })).toContain("add it to hostRegions");
});

test("the retention of a schedule reaches back as far as its farthest rule", () => {
  // 4 weeks: from the first to the last are 3.
  expect(shortRetention(find("fleet", silver), 21)).toBeUndefined();
  expect(shortRetention(find("fleet", silver), 22)).toBe(
    'retention reaches back 21 days, and 22 are asked for: set within to "22d", or daily to 23',
  );
  expect(shortRetention(find("fleet", gold), 730)).toBeUndefined();
});

test.each([
  [undefined, 36_500],
  [{ within: "2w1d12h" }, 15],
  [{ daily: 31 }, 30],
  [{ monthly: 2, daily: 3 }, 28],
  [{ last: 500, hourly: 1000 }, 0],
])("retention %j reaches back %d days", (retention, days) => {
  expect(shortRetention(changed(gold, { retention }), days)).toBeUndefined();
  if (retention !== undefined) expect(shortRetention(changed(gold, { retention }), days + 1)).toBeDefined();
});

describe("the pack, as Pulumi runs it", () => {
  const folder = join(home, "examples/policy");
  let pack: ChildProcess;
  let client: AnalyzerClient;

  beforeAll(async () => {
    const runner = join(home, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    // No engine listens there: the pack logs nothing.
    const command = [runner, "127.0.0.1:1", "."];
    pack = spawn(process.execPath, command, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    // The first line of a plugin is its port.
    const port = await new Promise((resolve) => pack.stdout?.once("data", (text) => resolve(Number(text))));
    client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }, 60_000);
  afterAll(() => {
    client.close();
    pack.kill();
  });

  const options = new AnalyzerResourceOptions().setCustomtimeouts(new AnalyzerResourceOptions.CustomTimeouts());
  const properties = ({ props }: Declared) => Struct.fromJavaScript(JSON.parse(JSON.stringify(props)));

  function found(resource: Declared): Promise<string[]> {
    const request = new AnalyzeRequest()
      .setType(resource.type)
      .setUrn(resource.urn)
      .setOptions(options)
      .setProperties(properties(resource));
    return new Promise((resolve, reject) => {
      client.analyze(request, (error, response) => (error ? reject(error) : resolve(policiesOf(response))));
    });
  }

  function foundInStack(resources: readonly Declared[]): Promise<string[]> {
    const all = resources.map((each) =>
      new AnalyzerResource().setType(each.type).setUrn(each.urn).setOptions(options).setProperties(properties(each)),
    );
    return new Promise((resolve, reject) => {
      client.analyzeStack(new AnalyzeStackRequest().setResourcesList(all), (error, response) =>
        error ? reject(error) : resolve(policiesOf(response)),
      );
    });
  }

  const policiesOf = (response: AnalyzeResponse) => response.getDiagnosticsList().map((each) => each.getPolicyname());

  test("finds what its rules find, each under the name of its policy", async () => {
    expect(await found(find("quickstart", "wal"))).toEqual(["volume-outlives-delete"]);
    expect(await found(find("fleet", silver))).toEqual([
      "production-has-object-lock",
      "target-in-another-region",
      "retention-of-least-days",
    ]);
    expect(await found(find("fleet", "node1-data"))).toEqual([]);
    expect(await foundInStack(of("fleet"))).toEqual([]);
    expect(await foundInStack(of("backups"))).toEqual(["volume-has-schedule"]);
  });
});
