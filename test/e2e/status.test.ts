import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { BackupStatus } from "pulumi-lvm";
import {
  hostFingerprint,
  type LabHost,
  labHosts,
  labS3,
  powerCut,
  resetHost,
  sh,
  shOk,
  startHost,
} from "../lab/index.js";
import { until } from "../support/hold.js";
import { removeBucket, s3Client } from "../support/s3.js";
import { type CliResult, jsonOf, pulumiLvm } from "./harness/cli.js";
import { changesOf, Deployment } from "./harness/deployment.js";
import { shownIn } from "./harness/report-file.js";
import { stopTimerOf } from "./harness/stop-timer.js";
import { BROKEN, oftenAndSeldom, underArchive } from "./stacks/often-and-seldom.js";

const [, host] = labHosts() as [LabHost, LabHost];
const server = labS3();
const s3 = s3Client(server);

const BUCKET = "status";
/** A run is due each 20 seconds, and takes as long on a busy machine. */
const RUN_MS = 240_000;
interface View {
  readonly volume: string;
  readonly state: string;
  readonly status?: { readonly lastSuccess?: object };
}

describe("status, check, retention and report", () => {
  let deployment: Deployment;
  let before: string;

  const base = oftenAndSeldom(host, server, BUCKET);

  const run = (...args: string[]): Promise<CliResult> => pulumiLvm(deployment, args);
  const views = async () => (await jsonOf<{ volumes: View[] }>(deployment, "status")).volumes;
  const viewOf = async (name: string) => (await views()).find((each) => each.volume === name) as View;
  /** Writes another schedule in place of that of the idle volume into the state, as if it had been right once. */
  const replaceSchedule = async (schedule: string) => {
    const text = (await deployment.exported()).replaceAll('"schedule": "yearly"', `"schedule": "${schedule}"`);
    await deployment.import(JSON.parse(text));
  };
  let unit: string;
  const stopTimer = () => stopTimerOf(host, unit, RUN_MS);

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    deployment = await Deployment.open("status", { secrets: { s3: server.secretAccessKey } });
    changesOf(await deployment.up(base));
    const { outputs } = (await deployment.state())["often:data:offsite"] ?? {};
    unit = `pulumi-lvm-backup@${outputs?.["scheduleId"]}`;
  });
  afterAll(async () => {
    await deployment.close();
    await removeBucket(s3, BUCKET);
  });

  test("a volume is backed up once its timer has fired; one that is stopped then is found", async () => {
    await until(
      "the timer has backed it up",
      async () => (await viewOf("data")).status?.lastSuccess !== undefined,
      RUN_MS,
    );
    await stopTimer();
    expect((await views()).map((each) => [each.volume, each.state])).toEqual([
      ["data", "off"],
      ["idle", "waiting"],
      ["scratch", "none"],
    ]);
    const { stdout, code } = await run("check");
    expect(stdout).toMatch(
      /^node data to offsite: its timer pulumi-lvm-backup@\S+\.timer is not active\. Run pulumi up/m,
    );
    expect(code).toBe(1);
  });

  test("check finds nothing when all is well, and notes what is under no policy", async () => {
    await shOk(host, `systemctl start ${unit}.timer`);
    const found = await run("check");
    await stopTimer();
    expect(found).toMatchObject({ code: 0, stderr: "" });
    expect(found.stdout.trim().split("\n")).toEqual([
      "All backups are as they should be",
      'note: under no policy: "scratch"',
    ]);
    const status = await run("status");
    expect(status.stdout).toMatch(
      /^idle +node +offsite +seldom +never +\d+ d.* +in \d+ d.* +waiting for its first run$/m,
    );
    expect(status.stdout).not.toContain("\u001b");
  });

  test("a run that fails shows in status and in check with its cause, until one goes well", async () => {
    await shOk(host, `touch ${BROKEN}`);
    expect((await sh(host, `systemctl start ${unit}.service`)).code).not.toBe(0);
    expect((await viewOf("data")).state).toBe("failed");
    const status = await run("status");
    expect(status.stdout).toMatch(/^node {2}data to offsite: backup failed .* ago\n {2}.*hook.*\n {2}\S/im);
    expect(status.code).toBe(0);
    const check = await run("check");
    expect(check.stdout).toMatch(/^node data to offsite: the last backup failed .*hook/im);
    expect(check.code).toBe(1);
    await shOk(host, `rm ${BROKEN} && systemctl start ${unit}.service`);
    expect((await viewOf("data")).state).toBe("off");
  });

  test.each<[string, string[], RegExp]>([
    [
      "an age",
      ["--max-age", "1s"],
      /^node data to offsite: the newest recovery point is .* old, and --max-age allows 1 s/m,
    ],
    ["a policy for each volume", ["--require-policy"], /^node scratch: it is under no policy/m],
    ["verification", ["--verified-within", "1s"], /^node data to offsite: a recovery point was last verified/m],
  ])("check asks for %s when it is told to", async (_name, options, expected) => {
    const { stdout, code } = await run("check", ...options);
    expect(stdout).toMatch(expected);
    expect(code).toBe(1);
  });

  test("retention lists what stays and why, and applies nothing", async () => {
    const found = await jsonOf<{ volumes: { volume: string; keep?: { reasons: string[] }[] }[] }>(
      deployment,
      "retention",
      "--preview",
    );
    expect(found.volumes.map((each) => each.volume)).toEqual(["data", "idle"]);
    expect(found.volumes[0]?.keep?.length).toBeGreaterThan(0);
    for (const { reasons } of found.volumes[0]?.keep ?? []) expect(reasons).not.toEqual([]);
    expect((await run("retention", "--preview", "--volume", "data")).stdout).toMatch(/ +kept: /);
    const refused = await run("retention");
    expect(refused.stderr).toContain("it runs by itself on the hosts");
    expect(refused.code).toBe(2);
  });

  test("the commands for backups know a volume under a policy, and a program reads its status", async () => {
    for (const choice of ["data", "fast/data"]) {
      expect((await run("backups", "--volume", choice)).stdout).toMatch(/^data +offsite/m);
    }
    expect((await run("key", "data")).stdout.trim()).not.toBe("");
    changesOf(await deployment.refresh());
    changesOf(await deployment.up());
    const seen = (await deployment.outputs())["seen-status"] as BackupStatus;
    expect(seen.host).toBe("node");
    expect(seen.backups.some(({ lastSuccess }) => lastSuccess !== undefined)).toBe(true);
    expect(seen.pools).toMatchObject([{ volumeGroup: "fast", pool: "pool" }]);
  });

  test("a schedule whose last run is over is found, and keeps nothing else from working", async () => {
    await replaceSchedule("2026-01-* 02:00");
    const check = await run("check");
    expect(check.stdout).toMatch(
      /^node idle to offsite: the last run of its schedule "2026-01-\* 02:00" is over\. Set another schedule/m,
    );
    expect(check.code).toBe(1);
    for (const args of [["status"], ["key", "data"], ["key", "idle"], ["volumes"], ["retention", "--preview"]]) {
      expect(await run(...args)).toMatchObject({ code: 0, stderr: "" });
    }
    changesOf(await deployment.refresh());
    changesOf(await deployment.up());
    expect((await run("check")).stdout).not.toContain("is over");
  });

  test("what cannot be read in the state is a finding of its own, and a warning of the other commands", async () => {
    const whole = await deployment.exported();
    await replaceSchedule("at dawn");
    const check = await run("check");
    expect(check.stdout).toMatch(
      /^node: Cannot read BackupSchedule "seldom:idle:offsite" of the stack's state: schedule: /m,
    );
    expect(check.code).toBe(1);
    const key = await run("key", "data");
    expect(key.stdout.trim()).not.toBe("");
    expect(key.stderr).toMatch(/^warning: Cannot read BackupSchedule "seldom:idle:offsite" .+\n.+\n$/);
    expect(key.code).toBe(0);
    await deployment.import(JSON.parse(whole));
  });

  test("a report is written that Chromium shows without a word", async () => {
    const file = join(deployment.directory, "report.html");
    const { stdout, code } = await run("report", "--html", file);
    expect(stdout).toContain(`${file} is written`);
    expect(code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain(server.secretAccessKey);
    expect(await shownIn(file)).toEqual({ rows: 3, hasPoints: true, bars: 1, said: [] });
    const refused = await run("report", "--html", "/nowhere/report.html");
    expect(refused.stderr).toMatch(/^error: Cannot write \/nowhere\/report\.html: .+\n.+\n$/);
    expect(refused.code).toBe(2);
  });

  describe("with a host that is off", () => {
    beforeAll(() => powerCut(host));
    afterAll(() => startHost(host));

    test("each of them says so, and ends with 2", async () => {
      const file = join(deployment.directory, "report-off.html");
      for (const args of [["status"], ["check"], ["report", "--html", file]]) {
        const { stdout, stderr, code } = await run(...args);
        expect(stderr).toMatch(/^error: Cannot connect on host "node": .+\n.+\n$/);
        expect(stdout).not.toContain("All backups are as they should be");
        expect(code).toBe(2);
        if (args[0] === "status") expect(stdout).toMatch(/^data .*not known: its host was not reached$/m);
      }
      expect(readFileSync(file, "utf8")).toContain("It was not reached");
    });
  });

  test("a renamed target keeps its master key, and the backups are readable", async () => {
    const pointsOf = async () =>
      (
        await jsonOf<{ volumes: { recoveryPoints: { id: string }[] }[] }>(deployment, "backups", "--volume", "data")
      ).volumes.flatMap(({ recoveryPoints }) => recoveryPoints.map(({ id }) => id));
    const newest = (await pointsOf()).at(-1);
    expect(newest).toBeDefined();
    const { "offsite-target": was } = await deployment.outputs();
    const renamed = underArchive(base);
    const { archive } = renamed.existingTargets;
    changesOf(await deployment.up(renamed));
    expect((await deployment.outputs())["archive-target"]).toEqual({ ...(was as object), name: "archive" });
    // Its timer makes others meanwhile, and retention drops the oldest.
    expect(await pointsOf()).toContain(newest);
    // What lets go of the volume: the guard knows nothing of this name yet.
    expect(await run("backup", "data", "--now")).toMatchObject({ code: 0 });
    expect(await run("verify", "data")).toMatchObject({ code: 0 });
    // Let go on purpose, for the destroy.
    changesOf(
      await deployment.up({
        ...renamed,
        existingTargets: { archive: { ...archive, options: { ...archive.options, protect: false } } },
      }),
    );
  });

  test("destroy leaves nothing behind on the host", async () => {
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
