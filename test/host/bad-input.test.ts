import { existsSync, rmSync } from "node:fs";
import { closeChannels } from "../../provider/hosts/channels.js";
import { lvmName } from "../../provider/model/lvm-name.js";
import { hostFingerprint, type LabHost, labHosts, resetHost, sh, shOk } from "../lab/index.js";
import { CANARY, hostileTexts, isPlain, isUnicode } from "../support/hostile.js";
import { Managed, refTo } from "./managed.js";

const [, host] = labHosts() as [LabHost, LabHost];
const [disk = "", secondDisk = ""] = host.disks;

let before: string;
let machineId: string;
const made: Managed[] = [];

/** A resource that the end of the test removes. */
function managed(
  kind: ConstructorParameters<typeof Managed>[0],
  name: string,
  inputs: Record<string, unknown>,
): Managed {
  const resource = new Managed(kind, {
    host: refTo(host, kind === "host" ? "" : machineId),
    owner: `organization/lab/bad-input/${kind}/${name}`,
    ...inputs,
  });
  made.push(resource);
  return resource;
}

const volume = (name: string, inputs: Record<string, unknown> = {}) =>
  managed("volume", name, {
    volumeGroup: "fast",
    name,
    size: "4MiB",
    deletionPolicy: "delete",
    pool: "pool",
    ...inputs,
  });

const expectNothingRan = async () => {
  expect(existsSync(CANARY)).toBe(false);
  expect((await sh(host, `ls -d ${CANARY}*`)).stdout).toBe("");
};

beforeAll(async () => {
  await resetHost(host);
  rmSync(CANARY, { force: true });
  await shOk(host, `rm -f ${CANARY}*`);
  before = await hostFingerprint(host);
  machineId = (await shOk(host, "cat /etc/machine-id")).trim();
  await managed("host", "node", {}).up();
  await managed("volumeGroup", "fast", { name: "fast", disks: [disk] }).up();
  await managed("thinPool", "pool", { volumeGroup: "fast", name: "pool", size: "1GiB" }).up();
});
afterAll(async () => {
  for (const resource of made.toReversed()) await resource.destroy();
  expect(await hostFingerprint(host)).toBe(before);
  await expectNothingRan();
  await closeChannels();
});

test("hostile text as labels comes back as it was, and nothing is run", async () => {
  const labels = Object.fromEntries(hostileTexts.filter(isUnicode).map((text, index) => [`key${index}`, text]));
  const labelled = volume("labelled", { labels });
  expect(await labelled.up()).toBe("create");
  expect(labelled.outputs["labels"]).toEqual(labels);
  expect(await labelled.refresh()).toBe(true);
  expect(labelled.outputs["labels"]).toEqual(labels);
  expect(await labelled.up()).toBe("same");
  await expectNothingRan();
});

test("hostile text in the names of stacks and resources makes neither the log nor the records unreadable", async () => {
  const names = hostileTexts.filter((text) => isPlain(text) && !text.includes("/"));
  const all = names.map((name, index) => volume(`named${index}`, { owner: `organization/lab/${name}/volume/${name}` }));
  await Promise.all(all.map((each) => each.up()));
  for (const each of all) expect(await each.up()).toBe("same");
  const registered = names.map((name) => managed("host", name, { owner: `organization/lab/${name}/host/${name}` }));
  await Promise.all(registered.map((each) => each.up()));
  for (const each of registered)
    expect([each.inputs["owner"], await each.up()]).toEqual([each.inputs["owner"], "same"]);
  const log = await shOk(host, "cat /var/lib/pulumi-lvm/events.jsonl");
  for (const line of log.trim().split("\n")) expect(() => JSON.parse(line) as unknown).not.toThrow();
  await expectNothingRan();
});

/** Inputs as long as the schema allows: what a check lets pass, the host must take. */
describe("the longest that a check lets pass is taken by the host, or the check refuses it in words", () => {
  test.each<[string, string, Record<string, unknown>]>([
    ["a label of ASCII", "long-label", { labels: { ["k".repeat(63)]: "x".repeat(200) } }],
    ["a label that fills its tag", "full-label", { labels: { ["k".repeat(63)]: `${"ü".repeat(157)}a` } }],
    ["a label of two bytes a letter", "wide-label", { labels: { ["k".repeat(63)]: "ü".repeat(200) } }],
    ["a label of four bytes a letter", "wider-label", { labels: { ["k".repeat(63)]: "😀".repeat(100) } }],
    [
      "a hundred labels",
      "many-labels",
      { labels: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, "v".repeat(200)])) },
    ],
    ["an owner of ASCII", "long-owner", { owner: "o".repeat(400) }],
    ["an owner of two bytes a letter", "wide-owner", { owner: "ü".repeat(400) }],
    ["a name", "long-name", { name: "n".repeat(100) }],
    ["a name full of hyphens, which device-mapper doubles", "hyphens", { name: `n${"-".repeat(99)}` }],
    [
      "a name whose hyphens fill what device-mapper takes",
      "full-hyphens",
      { name: `n${"-".repeat(19)}${"n".repeat(62)}`, fileSystem: "ext4" },
    ],
    ["a number of bytes as the size", "number", { size: 4_194_304 }],
  ])("%s", async (_, name, inputs) => {
    const resource = volume(name, inputs);
    const refused = await resource.up().then(
      () => "",
      (error: Error) => error.message,
    );
    if (refused === "") expect(await resource.up()).toBe("same");
    // A check names the field; an error of the host would name a command.
    else expect(refused).toMatch(/^(labels|owner|name)[.\w]*: must be at most /);
  });
});

describe("names", () => {
  const words = [
    "data",
    "a.b",
    "a+b",
    "_a",
    ".a",
    "-a",
    "a-",
    "a--b",
    "+",
    ".",
    "..",
    "a b",
    "a/b",
    "ä",
    "snapshot",
    "snapshot0",
    "a_snapshot",
  ];
  const parts = [
    "cdata",
    "cmeta",
    "corig",
    "mimage",
    "mlog",
    "rimage",
    "rmeta",
    "tdata",
    "tmeta",
    "vorigin",
    "pmspare",
    "cvol",
    "imeta",
    "vdata",
    "wcorig",
  ];
  const names = [
    ...words,
    ...parts.flatMap((part) => [part, `a_${part}`, `a_${part}_0`, `_${part}b`]),
    "pvmove",
    "pvmove0",
    "a_pvmove",
  ];

  test("that the schema takes are names that LVM takes for a logical volume", async () => {
    const taken = names.filter((name) => lvmName.safeParse(name).success);
    expect(taken.length).toBeGreaterThan(10);
    const script = taken.map((name) => `lvcreate -q -y -t -l 1 -n '${name}' fast >/dev/null 2>&1 || echo '${name}'`);
    expect(await shOk(host, script.join("\n"), { timeoutMs: 180_000 })).toBe("");
  });

  test.each(["null", "mapper", "ubdb"])(
    "of a volume group that is a device already, %s: LVM's own words are shown",
    async (name) => {
      const group = managed("volumeGroup", `group-${name}`, { name, disks: [secondDisk] });
      await expect(group.up()).rejects.toThrow(
        new RegExp(
          `^Cannot set up volume group "${name}" on host "node": "vgcreate .*" ended with exit code \\d: .*already exists`,
        ),
      );
    },
  );
});

// At preview a deployment learns the same from the plan (test/e2e/volume and thin-pool); here the process has changed the host already,
// and the host refuses under its lock.
describe("a size", () => {
  const volumes = () => shOk(host, "lvs --noheadings -o lv_name,lv_size,lv_tags fast");

  test.each([
    ["1B", "pool", 'Cannot use size "1B": the smallest is 1 MiB'],
    ["0", "pool", 'Cannot read size "0"'],
    ["-1GiB", "pool", 'Cannot read size "-1GiB"'],
    ["1e30", "pool", 'Cannot read size "1e30"'],
    ["20 giraffes", "pool", 'Cannot read size "20 giraffes"'],
    ["4194305B", "pool", "it must be a multiple of 512 bytes (LVM's rule), such as 4194304B or 4194816B"],
    ["2GiB", "pool", "exceed maxOvercommit 1\nGrow the pool"],
    ["7PiB", "pool", "exceed maxOvercommit 1\nGrow the pool"],
    ["1TiB", undefined, "and 1099511627776 more are needed\nAdd a disk to the VolumeGroup"],
  ])("of %s in pool %s is refused before anything is done", async (size, pool, words) => {
    const before = await volumes();
    await expect(volume("sized", { size, pool }).up()).rejects.toThrow(words);
    expect(await volumes()).toBe(before);
  });

  test("that mkfs.xfs takes no less than is refused below it, and taken", async () => {
    const before = await volumes();
    const small = { size: `${300 * 2 ** 20 - 512}B`, fileSystem: "xfs" };
    await expect(volume("small-xfs", small).up()).rejects.toThrow("mkfs.xfs makes no smaller one");
    expect(await volumes()).toBe(before);
    const smallest = volume("smallest-xfs", { ...small, size: "300MiB" });
    expect(await smallest.up()).toBe("create");
    await smallest.destroy();
  });
});
