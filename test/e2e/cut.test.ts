import { hostFingerprint, type LabHost, labHosts, resetHost, shOk } from "../lab/index.js";
import { commandsRun, cutAfter, installCutter, removeCutter } from "../support/cut.js";
import { oneHost } from "../support/spec.js";
import { changesOf, Deployment } from "./harness/deployment.js";

const [, host] = labHosts() as [LabHost, LabHost];

// test/host/conformance.ts cuts each resource's script at each place; this is the whole way, with the real CLI and its state.
describe("an up that dies after its first command, the next one after its second, and so on", () => {
  let deployment: Deployment;
  let before: string;
  const spec = oneHost(host);
  spec.volumes = {
    data: { pool: "pool", size: "256MiB", fileSystem: "ext4", deletionPolicy: "delete" },
    raw: { volumeGroup: "fast", size: "64MiB", deletionPolicy: "delete" },
  };
  spec.attachments = { lease: { volume: "data", microVm: "db" } };

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await installCutter(host);
    deployment = await Deployment.open("cut");
  });
  afterAll(async () => {
    await removeCutter(host);
    await deployment.close();
  });

  /** Runs until a run survives: each one is killed one changing command later than the one before. Returns all commands, in order. */
  async function untilDone(run: () => Promise<{ isOk: boolean; output: string }>): Promise<string[]> {
    const commands: string[] = [];
    for (let nth = 1; nth < 40; nth += 1) {
      await cutAfter(host, nth);
      const outcome = await run();
      const ran = await commandsRun(host);
      await cutAfter(host, 0);
      commands.push(...ran);
      if (outcome.isOk) return commands;
      if (ran.length === 0) throw new Error(`failed without a cut:\n${outcome.output}`);
    }
    throw new Error(`not done after 40 rounds: ${commands.join("\n")}`);
  }

  test("the next up goes on each time, and the last one has made everything once", async () => {
    const commands = await untilDone(() => deployment.up(spec));
    expect(commands.length).toBeGreaterThan(12);
    expect(commands.filter((command) => command.startsWith("lvcreate"))).toHaveLength(3);
    // Cut between a file system and its tag, it is made again: nothing can be in it yet.
    expect(commands.filter((command) => command.startsWith("mkfs")).length).toBeLessThanOrEqual(2);
    const rows = await shOk(
      host,
      "lvs --noheadings --separator '|' -o lv_name,lv_active,lv_tags -S 'lv_role=public' fast",
    );
    expect(rows.trim().split("\n")).toHaveLength(2);
    expect(rows).not.toContain("pending");
    expect(rows).toMatch(/data\|active\|.*pulumi-lvm\.microvm=db/);
    expect(changesOf(await deployment.refresh())).toEqual({ same: 7 });
    expect(changesOf(await deployment.up())).toEqual({ same: 7 });
  });

  test("and so does destroy", async () => {
    const commands = await untilDone(() => deployment.destroy());
    expect(commands.length).toBeGreaterThan(6);
    await removeCutter(host);
    expect(await hostFingerprint(host)).toBe(before);
  });
});
