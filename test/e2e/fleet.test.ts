import { rmSync } from "node:fs";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { type LabHost, labHosts, labS3, resetHost, shOk } from "../lab/index.js";
import { infraRepository } from "../support/infra-repository.js";
import { oneHost } from "../support/spec.js";
import { pulumiLvm } from "./harness/cli.js";
import { configureAws } from "./harness/configure-aws.js";

const [, host] = labHosts() as [LabHost, LabHost];

describe("examples/fleet", () => {
  const directory = infraRepository("fleet");
  let stack: Stack;

  beforeAll(async () => {
    await resetHost(host);
    stack = await LocalWorkspace.createStack({ stackName: `fleet-${Date.now().toString(36)}`, workDir: directory });
    await configureAws(stack, labS3());
    const volumes = {
      orders: { size: "64MiB", tier: "gold" },
      web: { size: "64MiB", tier: "silver" },
      scratch: { size: "64MiB", tier: "none" },
    };
    const connection = oneHost(host).hosts["node"]?.connection;
    const node1 = { connection, disk: host.disks[0], poolSize: "1GiB", volumes };
    await stack.setConfig("nodes", { value: JSON.stringify({ node1 }) });
  });
  afterAll(async () => {
    await resetHost(host);
    await stack.workspace.removeStack(stack.name, { force: true });
    rmSync(directory, { recursive: true, force: true });
  });

  test("is deployed by its policy file, and has nothing to do after that", async () => {
    await stack.up();
    await stack.up({ expectNoChanges: true });
    const timers = await shOk(host, "systemctl list-timers --all --plain --no-legend 'pulumi-lvm-*@*'");
    const count = (kind: string) => timers.match(new RegExp(`pulumi-lvm-${kind}@\\S+\\.timer`, "g"))?.length;
    // A drill for gold and silver, none for the one that goes by its name.
    expect([count("backup"), count("prune"), count("drill")]).toEqual([3, 3, 2]);
  });

  test("check is content before the first runs, and finds timers that were stopped", async () => {
    const { code, stdout } = await pulumiLvm({ directory }, ["check", "--require-policy"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.any(String) });
    await shOk(host, "systemctl stop 'pulumi-lvm-backup@*.timer'");
    const stopped = await pulumiLvm({ directory }, ["check"]);
    expect(stopped.code).toBe(1);
    expect(stopped.stdout.match(/timer/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test("destroy keeps volumes that were never backed up", async () => {
    await expect(stack.destroy()).rejects.toThrow(/deleteUnverified/);
    const names = await shOk(host, "lvs --noheadings -o lv_name --separator , fleet");
    for (const name of ["orders", "web", "scratch"]) expect(names).toContain(name);
  });
});
