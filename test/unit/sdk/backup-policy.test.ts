import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { BackupPolicy } from "../../../sdk/backup-policy.js";
import { BackupTarget } from "../../../sdk/backup-target.js";
import { Host } from "../../../sdk/host.js";
import { Volume, type VolumeArgs } from "../../../sdk/volume.js";
import { VolumeGroup } from "../../../sdk/volume-group.js";
import { mockDeployment, type Registered } from "./mocked-deployment.js";

const registered: Registered[] = [];
const folder = mkdtempSync(join(tmpdir(), "pulumi-lvm-policy-"));

beforeAll(() => mockDeployment((resource) => registered.push(resource)));
afterAll(async () => {
  // Resources of a policy that was refused are still being registered.
  await pulumi.runtime.disconnect();
  rmSync(folder, { recursive: true });
});

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));
const named = () => registered.filter(({ type }) => type.endsWith("lvm:BackupSchedule")).map(({ name }) => name);

describe("BackupPolicy", () => {
  let target: BackupTarget;
  let volumes: Record<"data" | "files" | "plain", Volume>;
  let group: VolumeGroup;
  const volume = (name: string, labels?: VolumeArgs["labels"]) =>
    new Volume(name, { volumeGroup: group, size: "1GiB", ...(labels === undefined ? {} : { labels }) });
  const made = (policy: BackupPolicy) => resolved(pulumi.all(policy.schedules.map(({ urn }) => urn)));

  beforeAll(() => {
    target = BackupTarget.existing("offsite", {
      endpoint: "https://s3.example.com",
      bucket: "backups",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      masterKey: Buffer.alloc(32, 1).toString("base64"),
      lockDays: 14,
    });
    const host = new Host("node", { connection: { address: "192.0.2.1" } });
    group = new VolumeGroup("fast", { host, disks: ["/dev/sdb"] });
    volumes = {
      data: volume("data", { tier: "gold", env: "prod" }),
      files: volume("files", { tier: "gold", env: pulumi.output("prod") }),
      plain: volume("plain"),
    };
  });

  test("declares a schedule for each volume that it names or matches, each once", async () => {
    const { data, plain } = volumes;
    const policy = new BackupPolicy("nightly", {
      target,
      volumes: [plain, data],
      match: { tier: "gold" },
      schedule: "daily",
      heartbeatUrl: pulumi.output("https://hc.example.com/ping"),
    });
    await made(policy);
    expect(named().sort()).toEqual(["nightly:data:offsite", "nightly:files:offsite", "nightly:plain:offsite"]);
    expect(registered.find(({ name }) => name === "nightly:data:offsite")?.inputs).toMatchObject({
      policy: "nightly",
      schedule: "daily",
      timeZone: "UTC",
      volumeName: "data",
      isThin: false,
      lockDays: 14,
      host: { name: "node" },
      // Secrets, as the engine is told.
      target: { value: { name: "offsite", bucket: "backups" } },
      heartbeatUrl: { value: "https://hc.example.com/ping" },
    });
  });

  test.each<[string, () => unknown, string]>([
    [
      "a match that fits nothing",
      () => new BackupPolicy("bronze", { target, match: { tier: "bronze" }, schedule: "daily" }),
      'Cannot find a volume for match tier=bronze of BackupPolicy "bronze": labels so far are env=prod, tier=gold',
    ],
    [
      "a match that has to look at an output",
      () => new BackupPolicy("prod", { target, match: { env: "prod" }, schedule: "daily" }),
      'Cannot tell whether match env=prod of BackupPolicy "prod" fits Volume "files": label "env" of it is an output',
    ],
    [
      "neither volumes nor match",
      () => new BackupPolicy("empty", { target, schedule: "daily" }),
      'Cannot use BackupPolicy "empty": it covers no volume\nGive volumes or match',
    ],
    [
      "a second policy of a volume at a target",
      () => new BackupPolicy("hourly", { target, volumes: [volumes.data], schedule: "hourly" }),
      '"nightly:data:offsite" is one of the same volume at target "offsite", and each would drop what the other keeps',
    ],
    [
      "a volume that comes after a match that fits it",
      () => volume("late", { tier: "gold" }),
      'Cannot declare Volume "late" after BackupPolicy "nightly": match tier=gold fits it',
    ],
    [
      "a setting that is no such",
      () => new BackupPolicy("typo", { target, volumes: [volumes.plain], schedule: "dayly" }),
      'Cannot use schedule of BackupPolicy "typo"',
    ],
    [
      "an unknown setting",
      () => new BackupPolicy("more", { target, volumes: [volumes.plain], schedule: "daily", keep: 3 } as never),
      'Cannot use keep of BackupPolicy "more": there is no such field',
    ],
  ])("refuses %s", (_case, act, words) => {
    expect(act).toThrow(pulumi.RunError);
    expect(act).toThrow(words);
  });

  test("a volume that no match fits may come later", () => {
    expect(() => volume("silver", { tier: "silver" })).not.toThrow();
  });

  describe("fromFile", () => {
    const file = join(folder, "policies.yaml");
    const read = (lines: string[], destination: Parameters<typeof BackupPolicy.fromFile>[1] = { target }) => {
      writeFileSync(file, lines.join("\n"));
      return BackupPolicy.fromFile(file, destination);
    };
    const policy = (name: string, ...lines: string[]) => [
      "policies:",
      `  - name: ${name}`,
      ...lines.map((line) => `    ${line}`),
    ];

    test("declares the policies of the file", async () => {
      const [first] = read(policy("from-file", "volumes: [silver]", "schedule: weekly", "target: offsite"));
      expect(await made(first as BackupPolicy)).toHaveLength(1);
      expect(named()).toContain("from-file:silver:offsite");
    });

    test.each<[string, string[], string]>([
      [
        "a volume that there is not",
        policy("a", "volumes: [other]", "schedule: daily"),
        'Cannot find Volume "other" of policy "a": the program has declared data, files, plain, silver so far',
      ],
      [
        "labels that no volume has",
        policy("b", "match: { tier: bronze }", "schedule: daily"),
        'Cannot find a volume for match tier=bronze of policy "b"',
      ],
      [
        "a target that there is not",
        policy("c", "volumes: [plain]", "schedule: daily", "target: elsewhere"),
        'policy "c" names target "elsewhere", and the program has offsite',
      ],
      ["a wrong field", policy("d", "volumes: [plain]", "schedule: dayly"), "schedule"],
    ])("says where %s stands", (_case, lines, words) => {
      expect(() => read(lines)).toThrow(pulumi.RunError);
      expect(() => read(lines)).toThrow(words);
      expect(() => read(lines)).toThrow(/policies\.yaml:\d+:\d+/);
    });
  });
});
