import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts } from "../lab/index.js";
import { BackupHost, PASSWORD, type Point, succeeded, type Volume } from "./backup-host.js";
import { plantSnapshots } from "./plant-snapshots.js";
import { scheduleDocument } from "./schedule-document.js";

interface Listed {
  readonly id: string;
  readonly time: string;
  readonly verified: string | null;
}
interface Retained {
  readonly keep: readonly (Listed & { readonly reasons: readonly string[] })[];
  readonly remove: readonly Listed[];
}

const [, host] = labHosts() as [LabHost, LabHost];
const on = new BackupHost(host);

beforeAll(() => on.open());
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

/**
 * Recovery points at the edges of years, weeks, months, days and hours in Berlin, the oldest first, each by the wall clock there. Monday,
 * 30 December 2024 begins the week 1 of 2025; on 30 March 2025 the hour after 2:00 is left out; on 26 October it comes twice.
 */
const planted = [
  "2024-12-29T23:30+1",
  "2024-12-30T00:30+1",
  "2024-12-31T23:30+1",
  "2025-01-01T00:30+1",
  "2025-01-31T23:30+1",
  "2025-02-01T00:30+1",
  "2025-03-29T23:30+1",
  "2025-03-30T01:30+1",
  "2025-03-30T03:30+2",
  "2025-03-31T00:30+2",
  "2025-10-26T02:10+2",
  "2025-10-26T02:40+2",
  "2025-10-26T02:20+1",
  "2025-10-26T23:30+1",
  "2025-10-27T00:30+1",
];
/** The newest verified one. */
const verified = 7;

describe("what stays, with restic as the judge", () => {
  const id = "11111111-2222-4333-8444-555555555555";
  const url = "/var/tmp/backup-test/repository-planted";
  const request = { repository: { url, password: PASSWORD }, target: "s3", volume: { id } };

  beforeAll(async () => {
    const snapshots = planted.flatMap((time, index) => {
      const common = [`point=${index}`, `volume=${id}`, "target=s3", `number=${index + 1}`];
      const marks = index <= verified ? [`verified=2026-01-0${index + 1}T00:00:00Z`] : [];
      // Another host and path each time: they must not divide the recovery points.
      return [
        ["kind=data", ...common],
        ["kind=manifest", ...common, "size=4194304", "digest=0", "quiesced=no", `time=${time}`, ...marks],
      ].map((tags) => ({
        time: time.replace(/\+(\d)$/, ":00+0$1:00"),
        hostname: `${index}`,
        paths: [`/${index}`],
        tags,
      }));
    });
    await plantSnapshots(host, url, PASSWORD, snapshots);
  });

  test.each([
    ["the last three", { last: 3 }, [12, 13, 14]],
    ["an hour that comes twice counts once", { hourly: 4 }, [9, 12, 13, 14]],
    ["days begin at midnight in Berlin, also with an hour less", { daily: 5 }, [6, 8, 9, 13, 14]],
    ["weeks begin on Monday, also across a year", { weekly: 6 }, [3, 5, 8, 9, 13, 14]],
    ["months", { monthly: 4 }, [4, 5, 9, 14]],
    ["years", { yearly: 2 }, [2, 14]],
    ["within a day of the newest", { withinSeconds: 86_400 }, [10, 11, 12, 13, 14]],
    ["within a span that is no whole hour, rounded up", { withinSeconds: 3601 }, [13, 14]],
    ["several rules", { last: 1, hourly: 2, daily: 2, weekly: 2, monthly: 2, yearly: 2 }, [2, 9, 13, 14]],
  ])("%s", async (_, retention, expected) => {
    const { keep, remove } = succeeded(await on.run<Retained>("retention", { ...request, retention, preview: true }));
    const rules = Object.entries(retention).map(([name, value]) =>
      name === "withinSeconds" ? `--keep-within ${Math.ceil(value / 3600)}h` : `--keep-${name} ${value}`,
    );
    // The judge is asked about the other snapshot of each point.
    const judged = await restic(
      url,
      `forget --json --dry-run --no-lock --group-by '' --tag kind=data ${rules.join(" ")}`,
    );
    const [{ keep: kept }] = JSON.parse(judged) as [{ keep: { tags: string[] }[] }];
    const tags = kept.flatMap((each) => each.tags.filter((tag) => tag.startsWith("point=")));
    expect(tags.map((tag) => Number(tag.slice(6))).sort((a, b) => a - b)).toEqual(expected);
    const all = new Set([...expected, verified, planted.length - 1]);
    expect(keep.map((each) => Number(each.id))).toEqual([...all].sort((a, b) => a - b));
    expect(remove.map((each) => Number(each.id))).toEqual(
      planted.map((_, index) => index).filter((each) => !all.has(each)),
    );
    const reasons = new Map(keep.map((each) => [Number(each.id), each.reasons]));
    for (const each of expected)
      expect(reasons.get(each)?.[0]).toMatch(/^(last|hourly|daily|weekly|monthly|yearly|within) ?/);
    expect(reasons.get(verified)).toContain("newest verified recovery point");
    expect(reasons.get(planted.length - 1)).toContain("newest recovery point");
  });

  test("without a rule nothing goes", async () => {
    expect(succeeded(await on.run("retention", { ...request, retention: {} }))).toEqual({ keep: [], remove: [] });
    expect(JSON.parse(await restic(url, "snapshots --json --no-lock"))).toHaveLength(2 * planted.length);
  });
});

describe("a policy carried out", () => {
  let volume: Volume;
  let points: Point[];
  const retention = { last: 1 };
  const snapshots = async () =>
    JSON.parse(await restic(volume.repository, "snapshots --json --no-lock")) as {
      id: string;
      time: string;
      tags: string[];
    }[];
  const kinds = async (point: Point | undefined) =>
    (await snapshots()).filter(({ tags }) => tags.includes(`point=${point?.id}`)).map(({ tags }) => tags[0]);
  const retain = (more: Record<string, unknown> = {}) =>
    on.run<Retained>("retention", { ...scheduleDocument(volume), retention, ...more });
  const ids = (listed: readonly Listed[]) => listed.map(({ id }) => id);

  beforeAll(async () => {
    volume = await on.volume("data", "64MiB");
    await volume.write(0, 4096);
    points = [await volume.backup()];
    succeeded(await on.run("verify", volume.request));
    await volume.write(8192, 12 * 1024);
    points.push(await volume.backup());
    await volume.write(8192, 12 * 1024);
    points.push(await volume.backup({ timeZone: "Asia/Kolkata" }));
  });

  test("a recovery point is stored by the clock of the schedule's time zone, which restic goes by", async () => {
    const times = (await snapshots())
      .filter(({ tags }) => tags.includes(`point=${points[2]?.id}`))
      .map(({ time }) => time);
    expect(times).toHaveLength(2);
    for (const time of times) {
      expect(time).toMatch(/\+05:30$/);
      expect(new Date(time).getTime()).toBe(Date.parse(points[2]?.time ?? ""));
    }
  });

  test("a preview lists the recovery points that would go, and changes nothing", async () => {
    const before = await snapshots();
    const preview = succeeded(await retain({ preview: true }));
    expect(ids(preview.remove)).toEqual([points[1]?.id]);
    expect(preview.keep.map(({ id, reasons }) => [id, ...reasons])).toEqual([
      [points[0]?.id, "newest verified recovery point"],
      [points[2]?.id, "last snapshot", "newest recovery point"],
    ]);
    expect(await snapshots()).toEqual(before);
  });

  test("cut between manifest and data, the next one finishes it", async () => {
    await on.sh(`cat >/usr/local/sbin/restic <<'END'
#!/bin/sh
case "$*" in
  *--dry-run*) ;;
  *" forget "*) if [ -e /run/lab-forgot ]; then kill -9 $PPID; exit 1; fi; touch /run/lab-forgot ;;
esac
PATH=/usr/sbin:/usr/bin:/sbin:/bin exec restic "$@"
END
chmod 755 /usr/local/sbin/restic`);
    const cut = await retain();
    await on.sh("rm /usr/local/sbin/restic /run/lab-forgot");
    expect([cut.outcome, cut.failure]).toEqual([undefined, undefined]);
    expect(await kinds(points[1])).toEqual(["kind=data"]);
    expect(ids(succeeded(await retain()).keep)).toEqual([points[0]?.id, points[2]?.id]);
    expect(await kinds(points[1])).toEqual([]);
    const { lastRetention } = await statusOf(volume);
    expect(lastRetention).toMatchObject({ isSuccess: true, removed: [], kept: 2 });
  });

  test("the newest verified recovery point goes when a newer one is verified", async () => {
    succeeded(await on.run("verify", volume.request));
    const { keep, remove } = succeeded(await retain());
    expect([ids(keep), ids(remove)]).toEqual([[points[2]?.id], [points[0]?.id]]);
    expect((await statusOf(volume)).lastRetention).toMatchObject({
      isSuccess: true,
      removed: [points[0]?.id],
      kept: 1,
    });
    expect((await snapshots()).map(({ tags }) => tags[0]).sort()).toEqual(["kind=data", "kind=manifest"]);
  });

  test("prune gives the room back, past the lock of a dead process, and what stayed restores", async () => {
    const size = async () => Number((await on.sh(`du -sk ${volume.repository} | cut -f 1`)).trim());
    await on.sh(`mkfifo /run/lab-fifo
RESTIC_PASSWORD=${PASSWORD} restic -q --no-cache -r ${volume.repository} backup --stdin </run/lab-fifo >/dev/null 2>&1 & exec 3>/run/lab-fifo
until [ -n "$(ls ${volume.repository}/locks)" ]; do sleep 0.1; done
kill -9 $!; rm /run/lab-fifo`);
    const before = await size();
    succeeded(await on.run("prune", scheduleDocument(volume)));
    expect(before - (await size())).toBeGreaterThan(11 * 1024);
    expect(await on.sh(`ls ${volume.repository}/locks`)).toBe("");
    expect((await statusOf(volume)).lastPrune).toMatchObject({ isSuccess: true });
    expect(succeeded(await on.restore(volume, "latest", 64)).digest).toBe(points[2]?.digest);
    // The next backup still builds on what stayed.
    expect((await volume.backup()).full).toBeUndefined();
    expect(await on.leftovers()).toBe("");
  });
});

/** What restic itself says. */
const restic = (repository: string, command: string) =>
  on.sh(`RESTIC_PASSWORD=${PASSWORD} restic -q --no-cache -r ${repository} ${command}`);

const statusOf = (volume: Volume) =>
  volume.status() as Promise<{ lastRetention?: Record<string, unknown>; lastPrune?: Record<string, unknown> }>;
