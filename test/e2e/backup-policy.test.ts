import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { repositoryPassword } from "../../provider/hosts/backups/repository-password.js";
import { hostFingerprint, type LabHost, labHosts, labS3, powerCut, resetHost, shOk, startHost } from "../lab/index.js";
import { until } from "../support/hold.js";
import { removeBucket, s3Client } from "../support/s3.js";
import type { Spec } from "../support/spec.js";
import { changesOf, Deployment, refusalOf } from "./harness/deployment.js";
import { logEntries } from "./harness/host-log.js";
import { recoveryPoints } from "./harness/recovery-points.js";
import { changedScheduleFiles, scheduleFiles, timerOf } from "./harness/schedule-files.js";
import { type Policy, policySections, volumesAndTarget } from "./stacks/policies.js";

const [host] = labHosts() as [LabHost];
const server = labS3();
const s3 = s3Client(server);

const BUCKET = "policies";
const HEARTBEAT = "http://127.0.0.1:9/ping-no-log-may-show";
const MASTER_KEY = Buffer.alloc(32, 9).toString("base64");

describe("BackupPolicy", () => {
  let deployment: Deployment;
  let before: string;

  const gold: Policy = {
    target: "offsite",
    match: { tier: "gold" },
    schedule: "Mon..Fri 02:30",
    timeZone: "Europe/Berlin",
    jitter: "15m",
    maxAge: "10d",
    retention: { within: "30d", daily: 7, prune: "Sun 04:00" },
    verification: { drill: "monthly" },
    hooks: { onFailure: { command: "true" } },
    heartbeatUrl: { secret: "heartbeat" },
  };
  /** Stands in a file beside the program. */
  const single: Record<string, unknown> = { volumes: ["web"], schedule: "0 3 * * *", catchUp: false, jitter: "0s" };
  const base = volumesAndTarget(host, server, BUCKET);
  const spec = (policies: { gold?: Policy; single?: object }, more: Partial<Spec> = {}): Spec => ({
    ...base,
    ...policySections(deployment.directory, policies),
    ...more,
  });

  const scheduleId = async (name: string) => String((await deployment.state())[name]?.outputs["scheduleId"]);
  const volumeId = async (name: string) => String((await deployment.state())[name]?.outputs["volumeId"]);
  const pointsOf = async (name: string) => pointsOfId(await volumeId(name));
  const pointsOfId = (id: string) => recoveryPoints(host, server, { bucket: BUCKET, masterKey: MASTER_KEY }, id);

  beforeAll(async () => {
    await resetHost(host);
    before = await hostFingerprint(host);
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    deployment = await Deployment.open("backup-policy", {
      secrets: { heartbeat: HEARTBEAT, masterKey: MASTER_KEY, s3: server.secretAccessKey },
    });
  });
  afterAll(async () => {
    await deployment.close();
    await removeBucket(s3, BUCKET);
  });

  test("a preview shows the next three runs of each policy, in its time zone and in UTC", async () => {
    const { output } = await deployment.preview(spec({ gold, single }));
    expect(output).toMatch(
      /Next runs of BackupPolicy "gold":(?:\s+(?:Mon|Tue|Wed|Thu|Fri) \d{4}-\d\d-\d\d 02:30:00 Europe\/Berlin = \d{4}-\d\d-\d\dT0[01]:30:00Z){3}/,
    );
    expect(output.match(/Next runs of/g)?.length).toBeLessThanOrEqual(4);
  });

  test("up schedules the backups of each volume as declared; up and refresh then find nothing to do", async () => {
    expect(changesOf(await deployment.up(spec({ gold, single })))).toMatchObject({ create: 13 });
    const id = await scheduleId("gold:data:offsite");
    const show = (kind: string) =>
      shOk(
        host,
        `systemctl show -p TimersCalendar -p RandomizedDelayUSec -p Persistent -p AccuracyUSec -p ActiveState -p UnitFileState ${timerOf(kind, id)}`,
      );
    const backup = await show("backup");
    expect(backup).toContain("OnCalendar=Mon..Fri *-*-* 02:30:00 Europe/Berlin ;");
    for (const line of [
      "RandomizedDelayUSec=15min",
      "Persistent=yes",
      "AccuracyUSec=1s",
      "ActiveState=active",
      "UnitFileState=enabled",
    ])
      expect(backup.split("\n")).toContain(line);
    expect(await show("prune")).toContain("OnCalendar=Sun *-*-* 04:00:00 Europe/Berlin ;");
    expect(await show("drill")).toContain("OnCalendar=*-*-01 00:00:00 Europe/Berlin ;");
    const files = await shOk(host, "stat -c '%a %n' /etc/pulumi-lvm/schedules /etc/pulumi-lvm/schedules/*.json");
    expect(
      files
        .trim()
        .split("\n")
        .map((row) => row.slice(0, 3)),
    ).toEqual(["700", "600", "600", "600"]);
    const timers = (await shOk(host, "ls /etc/systemd/system | grep '@.*timer$'")).trim().split("\n");
    expect(timers).toHaveLength(7);
    const other = timerOf("backup", await scheduleId("single:web:offsite"));
    expect(await shOk(host, `systemctl cat ${other}`)).toMatch(
      /OnCalendar=\*-\*-\* 03:00:00 UTC\n(?:.*\n)*Persistent=false/,
    );
    for (const again of [await deployment.up(), await deployment.refresh()]) {
      expect(Object.keys(changesOf(again))).toEqual(["same"]);
    }
  });

  test("no secret is in units, processes, the journal, our other files, or in clear in the state", async () => {
    const state = (await deployment.exported()) + deployment.stateFile();
    const seen = await shOk(
      host,
      "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; systemctl cat 'pulumi-lvm-*'; journalctl --no-pager -o export; grep -r '' /var/lib/pulumi-lvm /run/pulumi-lvm 2>/dev/null || :",
    );
    const password = repositoryPassword(MASTER_KEY, await volumeId("data"));
    for (const secret of [HEARTBEAT, MASTER_KEY, server.secretAccessKey, password]) {
      expect(state).not.toContain(secret);
      expect(seen).not.toContain(secret);
    }
  });

  test("a changed retention changes documents, a changed schedule timers, and nothing else", async () => {
    const ids = [await scheduleId("gold:data:offsite"), await scheduleId("gold:files:offsite")].sort();
    let was = await scheduleFiles(host);
    gold.retention = { within: "60d", daily: 7, prune: "Sun 04:00" };
    expect(changesOf(await deployment.up(spec({ gold, single })))).toMatchObject({ update: 2 });
    expect(await changedScheduleFiles(host, was)).toEqual(ids.map((id) => `${id}.json`));
    was = await scheduleFiles(host);
    gold.schedule = "Mon..Fri 02:45";
    delete gold.verification;
    expect(changesOf(await deployment.up(spec({ gold, single })))).toMatchObject({ update: 2 });
    const timers = ["backup", "drill"].flatMap((kind) => ids.map((id) => timerOf(kind, id)));
    expect(await changedScheduleFiles(host, was)).toEqual([...timers, "reload"]);
    expect(await shOk(host, "systemctl list-units --all --plain --no-legend 'pulumi-lvm-drill@*.timer'")).toBe("");
    expect(await shOk(host, `systemctl show -p TimersCalendar ${timers[0]}`)).toContain("02:45:00 Europe/Berlin ;");
  });

  test("what was done by hand shows in a refresh, and up mends it", async () => {
    const [data, files] = [await scheduleId("gold:data:offsite"), await scheduleId("gold:files:offsite")];
    const [disabled, removed] = [timerOf("backup", data), timerOf("prune", files)];
    await shOk(
      host,
      `systemctl disable --quiet --now ${disabled}; echo '{}' >/etc/pulumi-lvm/schedules/${files}.json; rm /etc/systemd/system/${removed}`,
    );
    expect(changesOf(await deployment.refresh())).toMatchObject({ update: 2 });
    expect((await deployment.state())["gold:data:offsite"]?.outputs["timers"]).toMatchObject({
      backup: { isEnabled: false, isActive: false },
      prune: { isEnabled: true, isActive: true },
    });
    expect(changesOf(await deployment.up())).toMatchObject({ update: 2 });
    const states = await shOk(
      host,
      `systemctl is-active ${disabled} ${removed}; systemctl is-enabled ${disabled} ${removed}`,
    );
    expect(states.trim().split("\n")).toEqual(["active", "active", "enabled", "enabled"]);
    expect(await shOk(host, `grep -c heartbeatUrl /etc/pulumi-lvm/schedules/${files}.json`)).toBe("1\n");
  });

  test("a retention shorter than the target's Object Lock is an error at preview", async () => {
    const locked = { offsite: { ...base.existingTargets.offsite, lockDays: 61 } };
    const refused = refusalOf(await deployment.preview(spec({ gold, single }, { existingTargets: locked })));
    expect(refused).toContain("Object Lock of the target keeps everything for 61 days, and within is 60d");
    expect(refused).toContain('Set within to "61d" or more');
  });

  test("timers fire, seconds apart, and recovery points appear", async () => {
    single.schedule = "*-*-* *:*:0/10";
    single.maxAge = "2d";
    expect(changesOf(await deployment.up(spec({ gold, single })))).toMatchObject({ update: 1 });
    await until("two backups were made by themselves", async () => (await pointsOf("web")).length >= 2, 120_000);
    expect((await pointsOf("web"))[0]?.verified).not.toBeNull();
  });

  test("the services of a schedule prune its repository and rehearse a restore", async () => {
    const [volume, id] = [await volumeId("web"), await scheduleId("single:web:offsite")];
    const units = ["prune", "drill"].map((kind) => `pulumi-lvm-${kind}@${id}.service`).join(" ");
    // Of a schedule that may be making a backup just now: each waits for the other.
    const text = await shOk(
      host,
      `systemctl start ${units}; cat /var/lib/pulumi-lvm/backups/${volume}/offsite/status.json`,
      { timeoutMs: 300_000 },
    );
    expect(JSON.parse(text)).toMatchObject({
      lastPrune: { isSuccess: true },
      lastDrill: { isSuccess: true, fileSystem: "none", durationSeconds: expect.any(Number) },
    });
  });

  test("a run that was missed while the host was off is made up for after boot", async () => {
    const now = async () => Number(await shOk(host, "date +%s"));
    single.catchUp = true;
    let due = 0;
    let had = 0;
    // A host that is slow to get the schedule gets one that is later.
    for (let leadSeconds = 20; (await now()) >= due; leadSeconds *= 2) {
      // What was started before would otherwise still run.
      await shOk(host, "systemctl stop 'pulumi-lvm-backup@*.timer' 'pulumi-lvm-backup@*.service'");
      due = (await now()) + leadSeconds;
      single.schedule = `*-*-* ${new Date(due * 1000).toISOString().slice(11, 19)}`;
      changesOf(await deployment.up(spec({ gold, single })));
      had = (await pointsOf("web")).length;
    }
    await powerCut(host);
    await until("the time of the run is over", async () => Date.now() / 1000 > due + 1, 400_000);
    await startHost(host);
    await until("the missed backup was made", async () => (await pointsOf("web")).length > had, 120_000);
    expect(Object.keys(changesOf(await deployment.refresh()))).toEqual(["same"]);
  });

  test("a preview lists the recovery points that a changed retention would drop", async () => {
    const points = await pointsOf("web");
    const changed = { ...single, retention: { last: 1 } };
    const preview = await deployment.preview(spec({ gold, single: changed }));
    expect(changesOf(preview)).toMatchObject({ update: 1 });
    expect(preview.output).toContain(`${points[0]?.time}  ${points[0]?.id}`);
    expect(preview.output).not.toContain(`${points.at(-1)?.id}`);
  });

  test("a deleted policy takes its timers and metrics with it, keeps the recovery points, and lets a verified volume go", async () => {
    const points = await pointsOf("web");
    const [web, id] = [await volumeId("web"), await scheduleId("single:web:offsite")];
    const { web: _, ...others } = base.volumes;
    expect(changesOf(await deployment.up(spec({}, { volumes: others })))).toMatchObject({ delete: 6 });
    const left = await shOk(
      host,
      `ls /etc/pulumi-lvm/schedules; ls /etc/systemd/system | grep 'pulumi-lvm-.*@.*timer' || :; ls /var/lib/systemd/timers | grep ${id} || :
ls /var/lib/pulumi-lvm/metrics 2>/dev/null | grep _backup_ || :; systemctl list-units --plain --no-legend 'pulumi-lvm-*@*.timer'`,
    );
    expect(left).toBe("");
    expect(await pointsOfId(web)).toEqual(points);
  });

  test("a volume that was never backed up under its policy stays, until the program says otherwise", async () => {
    const { web: _, ...others } = base.volumes;
    const refused = refusalOf(await deployment.destroy());
    expect(refused).toMatch(/Cannot delete volume "fast\/(?:data|files)" on host "node".*verified/);
    expect(await shOk(host, "lvs --noheadings -o lv_name fast")).toMatch(/data[\s\S]*files/);
    const entries = await logEntries(host);
    expect(
      entries.filter(({ action, outcome }) => action === "delete" && outcome === "refused").length,
    ).toBeGreaterThan(0);
    const unguarded = Object.fromEntries(
      Object.entries(others).map(([name, each]) => [name, { ...each, deleteUnverified: true }]),
    );
    changesOf(await deployment.up(spec({}, { volumes: unguarded })));
    changesOf(await deployment.destroy());
    expect(await hostFingerprint(host)).toBe(before);
  });
});
