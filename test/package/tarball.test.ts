import { execFile } from "node:child_process";
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { hostFingerprint, labHosts, resetHost, shOk } from "../lab/index.js";

const run = promisify(execFile);
const repository = resolve(__dirname, "../..");

const project = process.env["PACKAGE_PROJECT"] ?? "";
if (project === "") throw new Error("PACKAGE_PROJECT is not set: run this suite with npm run e2e -- package");

/** Directories of the Node.js that run the package: the oldest line that it supports, which the project has, and our own. */
const nodes = { "22": join(project, "node_modules/node/bin"), "24": dirname(process.execPath) };
type NodeLine = keyof typeof nodes;
const pathWith = (line: NodeLine): string => [nodes[line], process.env["PATH"]].join(delimiter);

const EXPORTS = ["Attachment", "BackupTarget", "Host", "ThinPool", "Volume", "VolumeGroup", "placement"];

describe("the packed tarball", () => {
  test("is installed as files of its own", () => {
    const installed = join(project, "node_modules/pulumi-lvm");
    expect(lstatSync(installed).isSymbolicLink()).toBe(false);
    expect(realpathSync(installed).startsWith(repository)).toBe(false);
    const read = (directory: string): { version: string } =>
      JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    expect(read(installed).version).toBe(read(repository).version);
  });

  describe.each(Object.keys(nodes) as NodeLine[])("under Node %s", (line) => {
    test.each(["load.cjs", "load.mjs"])("%s finds every export", async (file) => {
      const { stdout } = await run(join(nodes[line], "node"), [file], { cwd: project });
      const found = JSON.parse(stdout) as { node: string; names: string[]; kind: string };
      expect(found.node.split(".")[0]).toBe(line);
      expect(found.names).toEqual(expect.arrayContaining(EXPORTS));
      expect(found.kind).toBe("function");
    });
  });

  test("its types fit a program, from CommonJS and from ES modules", async () => {
    const tsc = join(project, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "--noEmit", "--listFilesOnly"], { cwd: project });
    expect(stdout).toContain("from-cjs.cts");
    expect(stdout).toContain("from-esm.mts");
    await expect(run(process.execPath, [tsc, "--noEmit"], { cwd: project })).resolves.toMatchObject({ stdout: "" });
  });

  describe("the quickstart", () => {
    const hosts = labHosts();
    let stack: Stack;
    let before: string[];

    const use = (line: NodeLine) => {
      stack.workspace.envVars["PATH"] = pathWith(line);
    };

    beforeAll(async () => {
      await Promise.all(hosts.map((host) => resetHost(host)));
      before = await Promise.all(hosts.map((host) => hostFingerprint(host)));
      stack = await LocalWorkspace.createStack({ stackName: `package-${Date.now().toString(36)}`, workDir: project });
      const config = hosts.map(({ address, port, user, hostKey, privateKeyFile, disks }) => ({
        connection: { address, port, user, hostKey, privateKeyFile },
        disk: disks[0],
      }));
      await stack.setAllConfig({ hosts: { value: JSON.stringify(config) }, graceDays: { value: "0" } });
    });

    test("is deployed under Node 22", async () => {
      use("22");
      const { summary, outputs } = await stack.up();
      expect(summary.resourceChanges).toEqual({ create: 13 });
      expect(outputs["dbRunsOn"]?.value).toBe("db1");
      const [db] = hosts;
      if (db === undefined) throw new Error("The lab has no host");
      expect((await shOk(db, "lvs --noheadings -o lv_name,lv_active -S 'lv_name=data'")).trim()).toMatch(
        /^data +active$/,
      );
    });

    test("has nothing to do under Node 24", async () => {
      use("24");
      const { summary } = await stack.up({ expectNoChanges: true });
      expect(summary.resourceChanges).toEqual({ same: 13 });
    });

    test("is destroyed and leaves nothing behind", async () => {
      await stack.destroy();
      expect(await Promise.all(hosts.map((host) => hostFingerprint(host)))).toEqual(before);
      await stack.workspace.removeStack(stack.name);
    });
  });
});
