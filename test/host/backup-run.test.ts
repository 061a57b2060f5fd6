import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, powerCut, reboot, sh, startHost } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, type Volume } from "./backup-host.js";
import { type DocumentChanges, type Hook, placesOfSecrets, Schedule } from "./schedule.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const LOG = "/var/tmp/backup-test/hooks";
const HEARTBEAT_SECRET = "beat-4711";
const POOL_MIB = 640;
let volume: Volume;
let schedule: Schedule;

/** Notes that a hook was called, and how many snapshots of backups there are. */
const note = (name: string): string => `echo ${name} $(lvs --noheadings -o lv_tags | grep -c backup-of=) >>${LOG}`;

/** Hooks that note their calls; a test puts others in their place. */
const hooks = (changes: Partial<Record<"before" | "after" | "onFailure", Hook>> = {}): DocumentChanges => ({
  hooks: {
    before: { command: note("before") },
    after: { command: note("after") },
    onFailure: { command: `echo "onFailure $PULUMI_LVM_FAILURE_CODE" >>${LOG}` },
    ...changes,
  },
});

/** What the hooks noted since the last look. */
async function calls(): Promise<string[]> {
  const text = await on.sh(`touch ${LOG}; cat ${LOG}; rm ${LOG}`);
  return text.split("\n").filter((line) => line !== "");
}

/** A failure shows in the status, the metrics and the journal. */
async function expectFailure(code: string): Promise<string> {
  const { lastAttempt, running } = await schedule.status();
  expect({ lastAttempt, running }).toMatchObject({
    lastAttempt: { isSuccess: false, failure: { code } },
    running: null,
  });
  expect(await schedule.metric("last_attempt_success")).toBe(0);
  expect(await schedule.lastEntry()).toMatchObject({
    PRIORITY: "3",
    PULUMI_LVM_OUTCOME: "failure",
    PULUMI_LVM_FAILURE_CODE: code,
    PULUMI_LVM_TARGET: "s3",
    PULUMI_LVM_POLICY: "hourly",
  });
  return lastAttempt?.failure?.detail ?? "";
}

/** The next run succeeds by itself, which shows too. */
async function expectRecovery(changes: DocumentChanges = {}): Promise<void> {
  await schedule.install(changes);
  expect(await schedule.start()).toBe(true);
  await expectSuccess();
}

async function expectSuccess(): Promise<void> {
  const { lastAttempt, lastSuccess, running } = await schedule.status();
  expect({ lastAttempt, running }).toMatchObject({ lastAttempt: { isSuccess: true }, running: null });
  expect(await schedule.metric("last_attempt_success")).toBe(1);
  expect(await schedule.lastEntry()).toMatchObject({
    PRIORITY: "6",
    PULUMI_LVM_OUTCOME: "success",
    PULUMI_LVM_RECOVERY_POINT: lastSuccess?.id,
  });
}

const guard = () => on.run<{ targets: string[] }>("guard", { volume: { id: volume.id } });

/** A before hook that waits where a test wants to act. */
const HELD = "/run/lab-held";
const hold: Hook = { command: `${note("before")}; if [ -e /run/lab-hold ]; then touch ${HELD}; sleep 600; fi` };

async function startHeld(changes: DocumentChanges): Promise<void> {
  await schedule.install(changes);
  await on.sh(`rm -f ${HELD}; touch /run/lab-hold`);
  await schedule.startInBackground();
  await until("the before hook is held", async () => (await sh(host, `test -e ${HELD}`)).code === 0);
  await on.sh("rm /run/lab-hold");
}

async function cutPower(): Promise<void> {
  await powerCut(host);
  await startHost(host);
}

beforeAll(async () => {
  await on.open(`${POOL_MIB}MiB`);
  volume = await on.volume("data", "64MiB");
  await volume.write(0, 9000);
  // So that each test finds one snapshot, the base, and can be run alone.
  await volume.backup();
  schedule = new Schedule(on, volume, "5d0c2f5e-8a58-4a8e-9d0e-0f6f2f1c7a11");
  await on.sh(`mkdir -p /var/tmp/backup-test/www; touch /var/tmp/backup-test/www/${HEARTBEAT_SECRET}
systemd-run --quiet --unit=lab-monitor -p StandardOutput=null -p StandardError=file:/var/tmp/backup-test/beats \\
  python3 -u -m http.server 8099 --bind 127.0.0.1 --directory /var/tmp/backup-test/www`);
  await until("the monitor listens", async () => (await sh(host, "curl -s http://127.0.0.1:8099/")).code === 0);
});
afterAll(async () => {
  try {
    // A power cut has ended it.
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
  expect(await calls()).toEqual(["before 1", "after 2", "2"]);
  expect((await on.sh(`cat ${LOG}-environment`)).trim().split("\n")).toEqual([
    "POLICY=hourly",
    "TARGET=s3",
    `VOLUME=${volume.id}`,
    "VOLUME_NAME=data",
  ]);
  await expectSuccess();
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
    expect(await calls()).toEqual(["before 1", "after 1", "onFailure hook"]);
    expect(await expectFailure("hook")).toBe(detail);
    expect((await schedule.status()).lastSuccess?.number).toBe(number);
    expect(await on.sh("pgrep -a -f 'sleep 611' || :; lvs --noheadings -o lv_tags | grep -c backup-of=")).toBe("1\n");
  },
);

test("an after hook that fails: the recovery point stays, and the run is loud. A secret of ours that a hook prints is not kept", async () => {
  const number = (await schedule.status()).lastSuccess?.number ?? 0;
  const after = `grep -o '"password":"[^"]*"' ${schedule.file}; exit 1`;
  await schedule.install(hooks({ after: { command: after } }));
  expect(await schedule.start()).toBe(false);
  expect(await calls()).toEqual(["before 1", "onFailure hook"]);
  const { lastSuccess } = await schedule.status();
  expect(await expectFailure("hook")).toBe(
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
  expect(await calls()).toEqual(["before 1", "after 1", "onFailure command"]);
  expect(await expectFailure("command")).toContain("lvcreate");
  await on.sh("lvremove -q -y fast/filler");
  await schedule.install({
    ...hooks(),
    repository: { url: "s3:http://127.0.0.1:9/bucket/x", password: "x", region: "r" },
  });
  expect(await schedule.start()).toBe(false);
  // Nobody is frozen for what cannot be.
  expect(await calls()).toEqual(["onFailure unreachable"]);
  await expectFailure("unreachable");
});

test("the next run succeeds; a heartbeat that does not arrive is a warning, and its address a secret", async () => {
  await expectRecovery({ heartbeatUrl: `http://127.0.0.1:8099/gone/${HEARTBEAT_SECRET}` });
  expect((await schedule.status()).lastAttempt?.warnings).toEqual([
    "the heartbeat did not arrive in 3 tries: HTTP Error 404: File not found; the monitor will take this run for missing",
  ]);
  expect(await placesOfSecrets(host, [HEARTBEAT_SECRET])).toBe("");
  expect(await on.leftovers()).toBe("");
});

test("a program that cannot start, for want of what it needs: that is told too", async () => {
  await schedule.install(hooks());
  const module = (await on.sh("python3 -c 'import pyfuse3; print(pyfuse3.__file__)'")).trim();
  await on.sh(`mv ${module} /root/hidden`);
  try {
    expect(await schedule.start()).toBe(false);
  } finally {
    await on.sh(`mv /root/hidden ${module}`);
  }
  expect(await calls()).toEqual(["onFailure cut"]);
  expect(await expectFailure("cut")).toBe("its program ended before it began: exit-code");
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
        expect((await calls()).filter((call) => call !== "onFailure cut")).toEqual([...noted, "onFailure system"]);
        expect(await entries()).toBe(former + 1);
      }
    } finally {
      await on.sh("umount /var/lib/pulumi-lvm");
    }
    await expectRecovery();
    expect(await on.leftovers()).toBe("");
  },
);

test("the deadline passes in a hook: it is ended, and the guest thawed", async () => {
  await schedule.install({
    ...hooks({ before: { command: "sleep 612", timeoutSeconds: 600 } }),
    limits: { deadlineSeconds: 25 },
  });
  expect(await schedule.start()).toBe(false);
  expect(await calls()).toEqual(["after 1", "onFailure deadline"]);
  expect(await expectFailure("deadline")).toBe("the deadline of 25 s is over");
  expect(await on.sh("pgrep -a -f 'sleep 612' || :")).toBe("");
});

/** Lets every command of LVM on the group hang. By a unit of its own: what a hook leaves behind is killed before the after hook. */
const LOCK_GROUP = `systemd-run --quiet --unit=lab-lock flock /run/lock/lvm/V_fast sleep 900
while flock -n /run/lock/lvm/V_fast true; do sleep 0.1; done`;

test("LVM hangs while the guest is frozen: it is thawed, the run reports itself at its deadline, and ends when LVM does", async () => {
  const notes = (name: string) => `echo "${name} $(pgrep -c -x lvcreate)" >>${LOG}`;
  await schedule.install({
    ...hooks({
      before: { command: `${LOCK_GROUP}; ${notes("before")}` },
      after: { command: notes("after") },
      onFailure: { command: notes("onFailure $PULUMI_LVM_FAILURE_CODE") },
    }),
    maxFreezeSeconds: 2,
    limits: { deadlineSeconds: 30 },
  });
  await schedule.startInBackground();
  await until("the run reports itself", async () => (await sh(host, `grep -q onFailure ${LOG}`)).code === 0, 240_000);
  await until("the status has it", async () => (await schedule.status()).lastAttempt?.failure?.code === "deadline");
  expect(await schedule.isRunning()).toBe(true);
  const { lastAttempt, running } = await schedule.status();
  expect(running).toMatchObject({ kind: "backup" });
  expect(lastAttempt?.failure?.detail).toMatch(
    /^the deadline of 30 s is over, and it still waits for "lvcreate .*", which it must not end$/,
  );
  expect(await schedule.lastEntry()).toMatchObject({ PRIORITY: "3", PULUMI_LVM_FAILURE_CODE: "deadline" });
  await on.sh("systemctl stop lab-lock.service");
  await until("the unit has ended", async () => !(await schedule.isRunning()));
  expect(await calls()).toEqual(["before 0", "after 1", "onFailure deadline 1"]);
  await expectFailure("deadline");
  await expectRecovery(hooks());
  expect(await calls()).toEqual(["before 1", "after 2"]);
  expect(await on.leftovers()).toBe("");
});

test("a snapshot that comes after the guest was thawed is kept, is not quiesced, and the run is loud", async () => {
  await schedule.install({
    ...hooks({
      before: { command: LOCK_GROUP },
      after: { command: `echo after >>${LOG}; systemctl stop lab-lock.service` },
    }),
    maxFreezeSeconds: 2,
  });
  expect(await schedule.start()).toBe(false);
  expect(await calls()).toEqual(["after", "onFailure frozen"]);
  const { lastSuccess } = await schedule.status();
  expect(await expectFailure("frozen")).toContain(`recovery point ${lastSuccess?.id} `);
  expect(lastSuccess?.quiesced).toBe(false);
});

test("systemctl stop: the run ends in good order, and says so", async () => {
  await startHeld(hooks({ before: hold }));
  expect((await schedule.status()).running).toMatchObject({ kind: "backup" });
  expect(await placesOfSecrets(host, [HEARTBEAT_SECRET])).toBe("");
  await on.sh(`systemctl stop ${schedule.unit()}.service`);
  expect(await calls()).toEqual(["before 1", "after 1", "onFailure stopped"]);
  await expectFailure("stopped");
});

test("killed while the guest is frozen: it is thawed, the run is reported, and the next one succeeds", async () => {
  await startHeld(hooks({ before: hold }));
  await on.sh(`systemctl kill --kill-whom=main --signal=KILL ${schedule.unit()}.service`);
  await until("the unit has ended", async () => !(await schedule.isRunning()));
  expect(await calls()).toEqual(["before 1", "after 1", "onFailure cut"]);
  expect(await expectFailure("cut")).toContain("its process was killed");
  expect(await on.sh("pgrep -a -f 'sleep 600' || :; ls /run/pulumi-lvm/after-hook-* 2>/dev/null || :")).toBe("");
  await expectRecovery(hooks());
  expect(await calls()).toEqual(["before 1", "after 2"]);
  expect(await on.leftovers()).toBe("");
});

test.each([
  ["the host's power is cut midway", cutPower, "cut", ["before 1"]],
  ["the host is shut down midway", reboot, "stopped", ["before 1", "after 1"]],
] as const)("%s: after the boot the run is reported, and made up for", async (_, end, code, noted) => {
  await startHeld(hooks({ before: hold }));
  const { lastSuccess } = await schedule.status();
  await on.sh("sync");
  await end(host);
  await until("the run is made up for", async () => {
    const { lastSuccess: newest } = await schedule.status();
    return newest?.number !== lastSuccess?.number && !(await schedule.isRunning());
  });
  // A power cut takes the guest with it: nobody is left to be thawed by the run that was cut.
  expect(await calls()).toEqual([...noted, `onFailure ${code}`, "before 1", "after 2"]);
  await expectSuccess();
  expect(await on.leftovers()).toBe("");
});

test("a repository that a dead host has locked: the run says so, and succeeds once the lock is stale", async () => {
  await schedule.install(hooks());
  await on.sh(`export RESTIC_PASSWORD=sesame-of-the-test RESTIC_REPOSITORY=${volume.repository}
rm -f $RESTIC_REPOSITORY/locks/*
unshare --uts sh -c 'hostname dead; exec restic --no-cache --limit-download 1 check --read-data' >/dev/null 2>&1 &
pid=$!
until [ -n "$(ls $RESTIC_REPOSITORY/locks)" ]; do sleep 0.1; done
kill -9 $pid; wait $pid || :`);
  expect(await schedule.start()).toBe(false);
  await expectFailure("locked");
  expect(await calls()).toContain("onFailure locked");
  const now = Math.floor(Date.now() / 1000);
  await on.sh(`date -s @${now + 1900} >/dev/null`);
  try {
    await expectRecovery();
  } finally {
    await on.sh(`date -s @${Math.floor(Date.now() / 1000)} >/dev/null`);
  }
  expect(await on.leftovers()).toBe("");
});
