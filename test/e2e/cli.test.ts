import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LiveAttachment, LiveVolume } from "pulumi-lvm";
import type { Orphan } from "../../provider/hosts/live/orphans.js";
import { placementDocument } from "../../provider/model/placement-document.js";
import { hostFingerprint, type LabHost, labHosts, powerCut, resetHost, shOk, startHost } from "../lab/index.js";
import type { Spec } from "../support/spec.js";
import { jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { nearAndFar } from "./stacks/near-and-far.js";

const [host, far] = labHosts() as [LabHost, LabHost];
const COMMANDS = ["hosts", "volumes", "attachments", "events", "orphans"];

interface HostView {
  readonly name: string;
  readonly machineId: string;
  readonly isReachable: boolean;
  readonly usedBy: readonly string[];
  readonly missingPackages: readonly string[];
}

describe("pulumi-lvm", () => {
  let deployment: Deployment;
  let before: string[];
  const key = readFileSync(far.privateKeyFile, "utf8");
  const spec = (volumes: NonNullable<Spec["volumes"]>, more?: Partial<Spec>) => nearAndFar(host, far, volumes, more);
  const kept = { pool: "pool", size: "32MiB", deletionPolicy: "retain" };
  const gone = { pool: "pool", size: "32MiB", deletionPolicy: "tombstone", graceDays: 7 };
  const orphans = async () => (await jsonOf<{ orphans: Orphan[] }>(deployment, "orphans")).orphans;
  const stackName = () => deployment.stackName.split("/").at(-1) as string;
  const volumeNames = (volumes: readonly LiveVolume[]) => volumes.map(({ name }) => name).sort();

  beforeAll(async () => {
    await Promise.all([resetHost(host), resetHost(far)]);
    before = await Promise.all([host, far].map(hostFingerprint));
    deployment = await Deployment.open("cli", { secrets: { key } });
    mkdirSync(join(deployment.directory, "keys"));
    copyFileSync(host.privateKeyFile, join(deployment.directory, "keys/id"));
    changesOf(await deployment.up(spec({ kept, gone })));
  });
  afterAll(() => deployment.close());

  test("hosts shows who answers, which machine it is and who uses it", async () => {
    const { hosts } = await jsonOf<{ hosts: HostView[] }>(deployment, "hosts");
    const machineIds = await Promise.all([far, host].map((each) => shOk(each, "cat /etc/machine-id")));
    expect(hosts).toMatchObject(
      ["far", "node"].map((name, index) => ({
        name,
        machineId: machineIds[index]?.trim(),
        isReachable: true,
        usedBy: [`${deployment.stackName}/host/${name}`],
        missingPackages: [],
      })),
    );
  });

  test("volumes and attachments show what LVM's tags say", async () => {
    const { volumes } = await jsonOf<{ volumes: LiveVolume[] }>(deployment, "volumes");
    expect(volumeNames(volumes)).toEqual(["away", "data", "gone", "kept"]);
    expect(volumes.find(({ name }) => name === "data")).toMatchObject({
      host: "node",
      status: "attached",
      volumeGroup: "fast",
      pool: "pool",
      sizeBytes: 64 * 2 ** 20,
      labels: { tier: "gold" },
      owner: `${deployment.stackName}/volume/data`,
      microVm: "vm-1",
      isActive: true,
    });
    const { attachments } = await jsonOf<{ attachments: LiveAttachment[] }>(deployment, "attachments");
    expect(attachments).toMatchObject([
      { host: "node", microVm: "vm-1", devicePath: "/dev/fast/data", driveId: "data", isActive: true, isOpen: false },
    ]);
  });

  test("placement tells a scheduler where volumes are, who has them, and where there is room", async () => {
    const { volumes, hosts } = placementDocument.parse(await jsonOf(deployment, "placement"));
    const placed = volumes.filter(({ isReady }) => isReady).map((each) => `${each.name} ${each.host} ${each.microVm}`);
    expect(placed.sort().join()).toBe("away far null,data node vm-1,gone node null,kept node null");
    // 4 GiB, less 64 MiB and two times 32.
    const pools = [{ name: "pool", roomBytes: 4 * 2 ** 30 - 128 * 2 ** 20 }];
    expect(hosts.find(({ name }) => name === "node")).toMatchObject({ address: host.address, isReached: true, pools });
  });

  test("a program reads the same by readVolumes and readAttachments, and both are no secrets", async () => {
    const live = { readVolumes: { a: { host: "far" } }, readAttachments: { b: { host: "node" } } };
    changesOf(await deployment.up(spec({ kept, gone }, live)));
    const outputs = await deployment.outputs();
    expect(volumeNames(outputs["a-volumes"] as LiveVolume[])).toEqual(["away"]);
    expect(outputs["b-attachments"]).toMatchObject([{ host: "node", microVm: "vm-1", volumeName: "data" }]);
    const stack = (await deployment.state())[`e2e-${stackName()}`];
    expect(stack?.outputs["a-volumes"]).toHaveLength(1);
  });

  test("the stack is found from another folder, by --cwd and --stack", async () => {
    const { stdout, code } = await pulumiLvm({ directory: "/" }, [
      "volumes",
      "--cwd",
      join(deployment.directory, "keys"),
      "--stack",
      stackName(),
    ]);
    expect(stdout).toMatch(/node +fast\/data +64 MiB +pool +attached +vm-1 +volume\/data/);
    expect(code).toBe(0);
  });

  test("a retained and a deleted volume are orphans with their way out, and nothing to worry about", async () => {
    changesOf(await deployment.up(spec({})));
    const found = await orphans();
    expect(found.map(({ kind, logicalVolume }) => [kind, logicalVolume])).toEqual(
      expect.arrayContaining([
        ["retained", "fast/kept"],
        ["deleted", expect.stringMatching(/^fast\/gone\.deleted\.\d+$/)],
      ]),
    );
    const deadline = /after (\S+)$/.exec(found.find(({ kind }) => kind === "deleted")?.what ?? "")?.[1] ?? "";
    const days = (new Date(deadline).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
    expect((await pulumiLvm(deployment, ["orphans", "--check"])).code).toBe(0);
  });

  test("what the state does not know is an orphan that fails orphans --check", async () => {
    const id = "11111111-2222-3333-4444-555555555555";
    const tags = [`id=${id}`, `owner=${deployment.stackName}/volume/half`].map((tag) => `--addtag pulumi-lvm.${tag}`);
    await shOk(host, `lvcreate -q -y -an -V 32M --thinpool pool -n half ${tags.join(" ")} fast`);
    await shOk(host, `lvcreate -q -y -an -Wn -Zn -L 16M -n pulumi-lvm-grow-x --addtag pulumi-lvm.stage=x fast`);
    const lease = `--addtag pulumi-lvm.attachment=x --addtag pulumi-lvm.microvm=vm-9 --addtag pulumi-lvm.lease-owner=${deployment.stackName}/attachment/lost`;
    await shOk(host, `lvchange -q ${lease} fast/half`);
    const { stdout, code } = await pulumiLvm(deployment, ["orphans", "--check"]);
    expect(stdout).toMatch(
      /node {2}fast\/half {2}unknown .*\n.*Volume "half", which the state does not know\n.*adopt: "/,
    );
    expect(stdout).toMatch(/node {2}fast\/half {2}lease .*\n.*microVM "vm-9" by Attachment "lost"/);
    expect(stdout).toMatch(/node {2}fast\/pulumi-lvm-grow-x {2}stage /);
    expect(code).toBe(1);
    expect((await pulumiLvm(deployment, ["orphans"])).code).toBe(0);
    await shOk(
      host,
      `lvremove -q -y fast/pulumi-lvm-grow-x; lvchange -q ${lease.replaceAll("--addtag", "--deltag")} fast/half`,
    );
  });

  test("the way out of each works: it is a volume of the stack again", async () => {
    const found = await orphans();
    const adopted = (start: string, volume: object) => {
      const orphan = found.find(({ logicalVolume }) => logicalVolume.startsWith(`fast/${start}`));
      const [, adopt] = /adopt: "([^"]+)"/.exec(orphan?.wayOut ?? "") ?? [];
      return { ...volume, adopt, deletionPolicy: "delete" };
    };
    const all = {
      kept: adopted("kept", kept),
      gone: adopted("gone", gone),
      half: adopted("half", { pool: "pool", size: "32MiB" }),
    };
    changesOf(await deployment.up(spec(all)));
    expect(await orphans()).toEqual([]);
    expect((await pulumiLvm(deployment, ["events"])).code).toBe(0);
  });

  test("no command prints a secret or an escape sequence, and each has its help", async () => {
    const secret = key.split("\n")[1] as string;
    const [, list = ""] = (await pulumiLvm(deployment, ["--help"])).stdout.split("\nCommands:\n");
    const all = [...list.matchAll(/^ {2}([a-z]+) /gm)]
      .map(([, command]) => command as string)
      .filter((command) => command !== "help");
    expect(all).toEqual(expect.arrayContaining([...COMMANDS, "backup", "check", "policy"]));
    for (const args of [
      ...COMMANDS.flatMap((command) => [[command], [command, "--json"]]),
      ...all.map((command) => [command, "--help"]),
    ]) {
      const { stdout, stderr, code } = await pulumiLvm(deployment, args);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(secret);
      expect(stdout).not.toContain("\u001b");
      expect(stderr).toBe("");
    }
    expect((await pulumiLvm(deployment, ["hosts"], { FORCE_COLOR: "1" })).stdout).toContain("\u001b[32manswers");
  });

  test.each<[string, string[], string]>([
    ["a command that does not exist", ["nonsense"], "unknown command 'nonsense'"],
    ["a host that is not in the stack", ["volumes", "--host", "nowhere"], 'Cannot find host "nowhere" in the stack'],
    ["a stack that does not exist", ["volumes", "--stack", "nowhere"], "no stack named 'nowhere' found"],
    ["a folder without a project", ["volumes", "--cwd", "/"], "Cannot read the stack's state in /: "],
    ["a folder that does not exist", ["volumes", "--cwd", "/nowhere"], "Cannot run the Pulumi CLI in /nowhere"],
    ["a time that is none", ["events", "--since", "soon"], "Write a time such as"],
  ])("%s ends with 2 and two lines", async (_title, args, message) => {
    const { stdout, stderr, code } = await pulumiLvm(deployment, args);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(2);
    expect(code).toBe(2);
  });

  test("a wrong passphrase ends with 2 and shows nothing of the state", async () => {
    const { stdout, stderr, code } = await pulumiLvm(deployment, ["volumes"], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    expect(stdout).toBe("");
    expect(stderr).toContain("incorrect passphrase");
    expect(code).toBe(2);
  });

  test("another machine at the address is said and not read", async () => {
    const change = (from: string, to: string) =>
      `cp -a /etc/machine-id /root/m && tr ${from} ${to} </root/m >/etc/machine-id`;
    await shOk(far, change("0-9a-f", "1-9a-f0"));
    try {
      const { stdout, stderr, code } = await pulumiLvm(deployment, ["volumes"]);
      expect(stdout).toContain("fast/data");
      expect(stdout).not.toContain("slow/away");
      expect(stderr).toContain('Cannot use the machine at this address on host "far"');
      expect(code).toBe(2);
    } finally {
      await shOk(far, "cp -a /root/m /etc/machine-id && rm /root/m && sync");
    }
  });

  describe("with a host that is off", () => {
    beforeAll(() => powerCut(far));
    afterAll(() => startHost(far));

    test.each(COMMANDS)("%s asks the others, shows the error and ends with 2", async (command) => {
      const { stdout, stderr, code } = await pulumiLvm(deployment, [command, "--json"]);
      const found = JSON.parse(stdout) as Record<string, unknown[]> & { failures: { host: string; error: string }[] };
      expect(found.failures.map((failure) => failure.host)).toEqual(["far"]);
      expect(stderr).toMatch(/^error: Cannot connect on host "far": .+\n.+\n$/);
      expect(code).toBe(2);
      if (command === "events") expect(found["logs"]).toMatchObject([{ host: "node", isTrusted: true }]);
      if (command === "hosts") expect(found["hosts"]).toMatchObject([{ isReachable: false }, { isReachable: true }]);
    });

    test("--host leaves it out", async () => {
      expect((await pulumiLvm(deployment, ["volumes", "--host", "node"])).code).toBe(0);
    });
  });

  test("destroy leaves nothing behind", async () => {
    changesOf(await deployment.destroy());
    expect(await Promise.all([host, far].map(hostFingerprint))).toEqual(before);
    expect((await pulumiLvm(deployment, ["volumes"])).stdout).toBe("The stack has no hosts\n");
    const check = await pulumiLvm(deployment, ["check"]);
    expect(check.stderr).toMatch(/^error: Cannot check the backups of a stack without hosts: .+\n.+\n$/);
    expect(check.code).toBe(2);
  });
});
