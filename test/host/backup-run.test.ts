import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, sh } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, type Volume } from "./backup-host.js";
import { backedUpVolume, calls, expectFailure, expectRecovery, expectSuccess, hooks, LOG, note } from "./hooked-run.js";
import { placesOfSecrets, type Schedule } from "./schedule.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const HEARTBEAT_SECRET = "beat-4711";
const POOL_MIB = 640;
let volume: Volume;
let schedule: Schedule;

const guard = () => on.run<{ targets: string[] }>("guard", { volume: { id: volume.id } });

beforeAll(async () => {
  ({ volume, schedule } = await backedUpVolume(on, POOL_MIB));
  await on.sh(`mkdir -p /var/tmp/backup-test/www; touch /var/tmp/backup-test/www/${HEARTBEAT_SECRET}
systemd-run --quiet --unit=lab-monitor -p StandardOutput=null -p StandardError=file:/var/tmp/backup-test/beats \\
  python3 -u -m http.server 8099 --bind 127.0.0.1 --directory /var/tmp/backup-test/www`);
  await until("the monitor listens", async () => (await sh(host, "curl -s http://127.0.0.1:8099/")).code === 0);
});
afterAll(async () => {
  try {
    await on.sh("systemctl stop lab-monitor.service 2>/dev/null || :");
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("a schedule that never ran is known, and the volume is not let go of", async () => {
  await schedule.install();
  const timer = `[Timer]\nOnCalendar=*-12-31 23:00:00 Europe/Berlin\nPersistent=true\n\n[Install]\nWantedBy=timers.target`;
  await on.sh(`cat >/etc/systemd/system/${schedule.unit()}.timer <<'END'\n${timer}\nEND
systemctl enable --quiet --now ${schedule.unit()}.timer
/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup settle <${schedule.file} >&2`);
  const { lastAttempt, policy } = await schedule.status();
  expect({ lastAttempt, policy }).toMatchObject({ policy: { name: "hourly", maxAgeSeconds: 3600 } });
  expect(await schedule.metric("max_age_seconds")).toBe(3600);
  expect((await guard()).failure).toMatchObject({
    code: "unverified",
    detail: 'target "s3" has no verified recovery point of it',
  });
  const { outcome } = await on.run<{ backups: unknown[]; schedules: unknown[] }>("status", {});
  expect(outcome.schedules).toEqual([
    {
      schedule: schedule.id,
      volume: volume.id,
      target: "s3",
      policy: "hourly",
      timers: [
        {
          unit: `${schedule.unit()}.timer`,
          isActive: true,
          isEnabled: true,
          nextRun: expect.stringMatching(/^\d{4}-12-31T22:00:00Z$/),
        },
      ],
    },
  ]);
});

test("a run: the hooks enclose the snapshot and nothing else, the point is verified, the heartbeat arrives", async () => {
  const environment = "env | sort | sed -n 's/^PULUMI_LVM_\\(HOOK\\)=.*/\\1/;s/^PULUMI_LVM_//p'";
  await schedule.install({
    ...hooks({
      before: { command: `${note("before")}; ${environment} >${LOG}-environment` },
      // Two are of the backup before. By the time of restic's next snapshot a guest that is still frozen would have been so for the whole upload.
      after: { command: `${note("after")}; ls ${volume.repository}/snapshots | wc -l >>${LOG}` },
    }),
    verification: { afterBackup: true },
    heartbeatUrl: `http://127.0.0.1:8099/${HEARTBEAT_SECRET}`,
  });
  expect(await schedule.start()).toBe(true);
  expect(await calls(on)).toEqual(["before 1", "after 2", "2"]);
  expect((await on.sh(`cat ${LOG}-environment`)).trim().split("\n")).toEqual([
    "POLICY=hourly",
    "TARGET=s3",
    `VOLUME=${volume.id}`,
    "VOLUME_NAME=data",
  ]);
  await expectSuccess(schedule);
  const { lastSuccess, lastVerified, lastAttempt } = await schedule.status();
  expect(lastSuccess?.quiesced).toBe(true);
  expect(lastVerified?.pointTime).toBe(lastSuccess?.time);
  expect(lastAttempt?.warnings).toBeUndefined();
  expect(await schedule.metric("last_verified_point_timestamp_seconds")).toBe(
    Date.parse(lastSuccess?.time ?? "") / 1000,
  );
  expect(await on.sh("cat /var/tmp/backup-test/beats")).toContain(`"GET /${HEARTBEAT_SECRET} HTTP/1.1" 200`);
  expect((await guard()).outcome).toEqual({ targets: ["s3"] });
  const { outcome } = await on.run<{ pools: unknown[] }>("status", {});
  expect(outcome.pools).toEqual([
    expect.objectContaining({
      volumeGroup: "fast",
      pool: "pool",
      sizeBytes: POOL_MIB * 2 ** 20,
      usedBytes: expect.any(Number),
      samples: [{ time: expect.any(String), usedBytes: expect.any(Number) }],
    }),
  ]);
});

test("whoever collects metrics need not be root, and reads nothing else of our state", async () => {
  const readable = `find /var/lib/pulumi-lvm -type f | runuser -u nobody -- sh -c 'while read -r file; do test ! -r "$file" || echo "$file"; done'`;
  expect(await on.sh(readable)).toBe(`/var/lib/pulumi-lvm/metrics/pulumi_lvm_backup_${volume.id}_s3.prom\n`);
  expect(await on.sh("runuser -u nobody -- sh -c 'cat /var/lib/pulumi-lvm/metrics/*.prom'")).toContain(
    "pulumi_lvm_backup_last_attempt_success{",
  );
});

test.each([
  [
    "fails",
    { command: `${note("before")}; echo the database is away; exit 3` },
    "it ended with exit code 3; its output ends with: the database is away",
  ],
  [
    "hangs",
    { command: `${note("before")}; setsid sleep 611 & env -i sleep 611`, timeoutSeconds: 1 },
    "it took longer than 1 s, and was killed; it printed nothing",
  ],
])(
  "a before hook that %s: nothing is backed up, and the after hook is called all the same",
  async (_, before, detail) => {
    const number = (await schedule.status()).lastSuccess?.number;
    await schedule.install(hooks({ before }));
    expect(await schedule.start()).toBe(false);
    expect(await calls(on)).toEqual(["before 1", "after 1", "onFailure hook"]);
    expect(await expectFailure(schedule, "hook")).toBe(detail);
    expect((await schedule.status()).lastSuccess?.number).toBe(number);
    expect(await on.sh("pgrep -a -f 'sleep 611' || :; lvs --noheadings -o lv_tags | grep -c backup-of=")).toBe("1\n");
  },
);

test("an after hook that fails: the recovery point stays, and the run is loud. A secret of ours that a hook prints is not kept", async () => {
  const number = (await schedule.status()).lastSuccess?.number ?? 0;
  const after = `grep -o '"password":"[^"]*"' ${schedule.file}; exit 1`;
  await schedule.install(hooks({ after: { command: after } }));
  expect(await schedule.start()).toBe(false);
  expect(await calls(on)).toEqual(["before 1", "onFailure hook"]);
  const { lastSuccess } = await schedule.status();
  expect(await expectFailure(schedule, "hook")).toBe(
    `it ended with exit code 1; its output ends with: "password":"***"; recovery point ${lastSuccess?.id} of ${lastSuccess?.time} was made and stays`,
  );
  expect(lastSuccess?.number).toBe(number + 1);
});

test("a pool that gets full before the snapshot, and a store that is gone: the run fails, the guest is thawed", async () => {
  const fill =
    "lvcreate -q -y -V 1G --thinpool pool -n filler fast >/dev/null; lvchange -q --errorwhenfull y fast/pool";
  const before = `${note("before")}; ${fill}; dd if=/dev/zero of=/dev/fast/filler bs=4M oflag=direct status=none; true`;
  await schedule.install(hooks({ before: { command: before, timeoutSeconds: 120 } }));
  expect(await schedule.start()).toBe(false);
  expect(await calls(on)).toEqual(["before 1", "after 1", "onFailure command"]);
  expect(await expectFailure(schedule, "command")).toContain("lvcreate");
  await on.sh("lvremove -q -y fast/filler");
  await schedule.install({
    ...hooks(),
    repository: { url: "s3:http://127.0.0.1:9/bucket/x", password: "x", region: "r" },
  });
  expect(await schedule.start()).toBe(false);
  // Nobody is frozen for what cannot be.
  expect(await calls(on)).toEqual(["onFailure unreachable"]);
  await expectFailure(schedule, "unreachable");
});

test("the next run succeeds; a heartbeat that does not arrive is a warning, and its address a secret", async () => {
  await expectRecovery(schedule, { heartbeatUrl: `http://127.0.0.1:8099/gone/${HEARTBEAT_SECRET}` });
  expect((await schedule.status()).lastAttempt?.warnings).toEqual([
    "the heartbeat did not arrive in 3 tries: HTTP Error 404: File not found; the monitor will take this run for missing",
  ]);
  expect(await placesOfSecrets(host, [HEARTBEAT_SECRET])).toBe("");
  expect(await on.leftovers()).toBe("");
});

test.each([
  [
    "cannot back up, for want of what that needs",
    "python3 -c 'import pyfuse3; print(pyfuse3.__file__)'",
    "tool",
    /pyfuse3/,
  ],
  [
    "cannot even start",
    "echo /usr/local/lib/pulumi-lvm/current/backup/commands/scheduled.py",
    "cut",
    /^its program ended before it began: exit-code$/,
  ],
])("a program that %s: that is told too", async (_, whatIsMissing, code, detail) => {
  await schedule.install(hooks());
  const module = (await on.sh(whatIsMissing)).trim();
  await on.sh(`mv ${module} /root/hidden`);
  try {
    expect(await schedule.start()).toBe(false);
  } finally {
    await on.sh(`mv /root/hidden ${module}`);
  }
  expect(await calls(on)).toEqual([`onFailure ${code}`]);
  expect(await expectFailure(schedule, code)).toMatch(detail);
});

test.each([
  ["is full", "! dd if=/dev/zero of=$state/filler bs=4k status=none 2>/dev/null"],
  ["cannot be written to", "mount -o remount,ro $state"],
])(
  "a disk for our state that %s, from the start or midway: journal and hook tell, and the unit fails",
  async (_, spoil) => {
    const state = "state=/var/lib/pulumi-lvm";
    const entries = async () =>
      Number(
        await on.sh(
          `journalctl --sync; journalctl -q -o cat PULUMI_LVM_FAILURE_CODE=system PULUMI_LVM_VOLUME=${volume.id} | grep -c ' failed: ' || :`,
        ),
      );
    await on.sh(`${state}; mkdir /run/lab-state; cp -a $state/. /run/lab-state/
mount -t tmpfs -o size=8m tmpfs $state; cp -a /run/lab-state/. $state/; rm -r /run/lab-state`);
    try {
      const spoiled = { before: { command: `${note("before")}; ${state}; ${spoil}` } };
      for (const [changes, noted] of [
        [spoiled, ["before 1", "after 2"]],
        [{}, []],
      ] as const) {
        const former = await entries();
        await schedule.install(hooks(changes));
        expect(await schedule.start()).toBe(false);
        // Where no end can be noted it may be told again, as one that died, and never not at all.
        expect((await calls(on)).filter((call) => call !== "onFailure cut")).toEqual([...noted, "onFailure system"]);
        expect(await entries()).toBe(former + 1);
      }
    } finally {
      await on.sh("umount /var/lib/pulumi-lvm");
    }
    await expectRecovery(schedule);
    expect(await on.leftovers()).toBe("");
  },
);
