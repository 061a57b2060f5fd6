import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, powerCut, reboot, sh, startHost } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, type Volume } from "./backup-host.js";
import {
  backedUpVolume,
  calls,
  expectFailure,
  expectRecovery,
  expectSuccess,
  hold,
  hooks,
  LOG,
  startHeld,
} from "./hooked-run.js";
import { placesOfSecrets, type Schedule } from "./schedule.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
const HEARTBEAT_SECRET = "beat-4711";
let volume: Volume;
let schedule: Schedule;

async function cutPower(): Promise<void> {
  await powerCut(host);
  await startHost(host);
}

beforeAll(async () => {
  ({ volume, schedule } = await backedUpVolume(on, 640));
});
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("the deadline passes in a hook: it is ended, and the guest thawed", async () => {
  await schedule.install({
    ...hooks({ before: { command: "sleep 612", timeoutSeconds: 600 } }),
    limits: { deadlineSeconds: 25 },
  });
  expect(await schedule.start()).toBe(false);
  expect(await calls(on)).toEqual(["after 1", "onFailure deadline"]);
  expect(await expectFailure(schedule, "deadline")).toBe("the deadline of 25 s is over");
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
  expect(await calls(on)).toEqual(["before 0", "after 1", "onFailure deadline 1"]);
  await expectFailure(schedule, "deadline");
  await expectRecovery(schedule, hooks());
  expect(await calls(on)).toEqual(["before 1", "after 2"]);
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
  expect(await calls(on)).toEqual(["after", "onFailure frozen"]);
  const { lastSuccess } = await schedule.status();
  expect(await expectFailure(schedule, "frozen")).toContain(`recovery point ${lastSuccess?.id} `);
  expect(lastSuccess?.quiesced).toBe(false);
});

test("systemctl stop: the run ends in good order, and says so", async () => {
  await startHeld(on, schedule, {
    ...hooks({ before: hold }),
    heartbeatUrl: `http://127.0.0.1:9/${HEARTBEAT_SECRET}`,
  });
  expect((await schedule.status()).running).toMatchObject({ kind: "backup" });
  expect(await placesOfSecrets(host, [HEARTBEAT_SECRET])).toBe("");
  await on.sh(`systemctl stop ${schedule.unit()}.service`);
  expect(await calls(on)).toEqual(["before 1", "after 1", "onFailure stopped"]);
  await expectFailure(schedule, "stopped");
});

test("killed while the guest is frozen: it is thawed, the run is reported, and the next one succeeds", async () => {
  await startHeld(on, schedule, hooks({ before: hold }));
  await on.sh(`systemctl kill --kill-whom=main --signal=KILL ${schedule.unit()}.service`);
  await until("the unit has ended", async () => !(await schedule.isRunning()));
  expect(await calls(on)).toEqual(["before 1", "after 1", "onFailure cut"]);
  expect(await expectFailure(schedule, "cut")).toContain("its process was killed");
  expect(await on.sh("pgrep -a -f 'sleep 600' || :; ls /run/pulumi-lvm/after-hook-* 2>/dev/null || :")).toBe("");
  await expectRecovery(schedule, hooks());
  expect(await calls(on)).toEqual(["before 1", "after 2"]);
  expect(await on.leftovers()).toBe("");
});

test.each([
  ["the host's power is cut midway", cutPower, "cut", ["before 1"]],
  ["the host is shut down midway", reboot, "stopped", ["before 1", "after 1"]],
] as const)("%s: after the boot the run is reported, and made up for", async (_, end, code, noted) => {
  await startHeld(on, schedule, hooks({ before: hold }));
  const { lastSuccess } = await schedule.status();
  await on.sh("sync");
  await end(host);
  await until("the run is made up for", async () => {
    const { lastSuccess: newest } = await schedule.status();
    return newest?.number !== lastSuccess?.number && !(await schedule.isRunning());
  });
  // A power cut takes the guest with it: nobody is left to be thawed by the run that was cut.
  expect(await calls(on)).toEqual([...noted, `onFailure ${code}`, "before 1", "after 2"]);
  await expectSuccess(schedule);
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
  await expectFailure(schedule, "locked");
  expect(await calls(on)).toContain("onFailure locked");
  const now = Math.floor(Date.now() / 1000);
  await on.sh(`date -s @${now + 1900} >/dev/null`);
  try {
    await expectRecovery(schedule);
  } finally {
    await on.sh(`date -s @${Math.floor(Date.now() / 1000)} >/dev/null`);
  }
  expect(await on.leftovers()).toBe("");
});
