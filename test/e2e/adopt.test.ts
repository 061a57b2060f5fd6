import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Adoptable } from "../../provider/hosts/live/adoptable.js";
import { type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { oneHost } from "../support/spec.js";
import { jsonOf } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { foreignGroup } from "./harness/foreign-group.js";

/** A volume of another stack, which is not to be had. */
const OTHERS = "organization/other/prod/volume/other";
const [host] = labHosts() as [LabHost];

describe("pulumi-lvm adopt", () => {
  let deployment: Deployment;
  const spec = { ...oneHost(host), groups: {}, pools: {} };
  const found = () => jsonOf<Adoptable & { program: string }>(deployment, "adopt", "--host", "node");
  const lvs = () => shOk(host, "lvs --noheadings --units b -o lv_full_name,lv_uuid,lv_size,pool_lv");
  const bytes = () =>
    shOk(
      host,
      "lvchange -ay theirs/data; sha256sum </dev/theirs/data; lvchange -ay theirs/app; sha256sum </dev/theirs/app; lvchange -an theirs/data theirs/app",
    );

  beforeAll(async () => {
    await resetHost(host);
    await shOk(host, foreignGroup(host.disks[1] as string));
    const tags = `--addtag pulumi-lvm.id=${randomUUID()} --addtag pulumi-lvm.owner=${OTHERS}`;
    await shOk(host, `lvcreate -q -y -an -Zn -Wn -L 16M -n other ${tags} theirs`);
    deployment = await Deployment.open("adopt");
    changesOf(await deployment.up(spec));
  });
  afterAll(async () => {
    await deployment.close();
    await resetHost(host);
  });

  test("prints a program that deploys with no change to data, after which there is nothing left to adopt", async () => {
    const [volumes, data] = [await lvs(), await bytes()];
    const { program, leftOut } = await found();
    expect(leftOut).toEqual([{ path: "theirs/other", reason: expect.stringContaining(`belongs to ${OTHERS}`) }]);
    expect(await lvs()).toBe(volumes);
    const { outputText } = ts.transpileModule(program, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    writeFileSync(join(deployment.directory, "adopt-node.js"), outputText);
    const adopting = { ...spec, modules: { "./adopt-node.js": { call: "adoptNode", host: "node" } } };
    expect(changesOf(await deployment.up(adopting))).toEqual({ create: 4, same: 2 });
    expect(changesOf(await deployment.up(adopting))).toEqual({ same: 6 });
    expect(await lvs()).toBe(volumes);
    expect(await bytes()).toBe(data);
    expect(await found()).toMatchObject({ groups: [] });
    changesOf(await deployment.destroy());
    expect(await lvs()).toBe(volumes);
    expect(await bytes()).toBe(data);
  });
});
