import { sh } from "../lab/index.js";
import { until } from "../support/hold.js";
import type { BackupHost, Volume } from "./backup-host.js";
import { type DocumentChanges, type Hook, Schedule } from "./schedule.js";

// Runs of a schedule whose hooks note their calls, and how their ends show.

export const LOG = "/var/tmp/backup-test/hooks";

/** Notes that a hook was called, and how many snapshots of backups there are. */
export const note = (name: string): string =>
  `echo ${name} $(lvs --noheadings -o lv_tags | grep -c backup-of=) >>${LOG}`;

/** Hooks that note their calls; a test puts others in their place. */
export const hooks = (changes: Partial<Record<"before" | "after" | "onFailure", Hook>> = {}): DocumentChanges => ({
  hooks: {
    before: { command: note("before") },
    after: { command: note("after") },
    onFailure: { command: `echo "onFailure $PULUMI_LVM_FAILURE_CODE" >>${LOG}` },
    ...changes,
  },
});

/** A volume that is backed up, so that each test finds one snapshot, the base, and can be run alone. Its schedule is not installed yet. */
export async function backedUpVolume(on: BackupHost, poolMiB: number): Promise<{ volume: Volume; schedule: Schedule }> {
  await on.open(`${poolMiB}MiB`);
  const volume = await on.volume("data", "64MiB");
  await volume.write(0, 9000);
  await volume.backup();
  return { volume, schedule: new Schedule(on, volume, "5d0c2f5e-8a58-4a8e-9d0e-0f6f2f1c7a11") };
}

/** What the hooks noted since the last look. */
export async function calls(on: BackupHost): Promise<string[]> {
  const text = await on.sh(`touch ${LOG}; cat ${LOG}; rm ${LOG}`);
  return text.split("\n").filter((line) => line !== "");
}

/** A failure shows in the status, the metrics and the journal. */
export async function expectFailure(schedule: Schedule, code: string): Promise<string> {
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
export async function expectRecovery(schedule: Schedule, changes: DocumentChanges = {}): Promise<void> {
  await schedule.install(changes);
  expect(await schedule.start()).toBe(true);
  await expectSuccess(schedule);
}

export async function expectSuccess(schedule: Schedule): Promise<void> {
  const { lastAttempt, lastSuccess, running } = await schedule.status();
  expect({ lastAttempt, running }).toMatchObject({ lastAttempt: { isSuccess: true }, running: null });
  expect(await schedule.metric("last_attempt_success")).toBe(1);
  expect(await schedule.lastEntry()).toMatchObject({
    PRIORITY: "6",
    PULUMI_LVM_OUTCOME: "success",
    PULUMI_LVM_RECOVERY_POINT: lastSuccess?.id,
  });
}

/** A before hook that waits where a test wants to act. */
const HELD = "/run/lab-held";
export const hold: Hook = { command: `${note("before")}; if [ -e /run/lab-hold ]; then touch ${HELD}; sleep 600; fi` };

export async function startHeld(on: BackupHost, schedule: Schedule, changes: DocumentChanges): Promise<void> {
  await schedule.install(changes);
  await on.sh(`rm -f ${HELD}; touch /run/lab-hold`);
  await schedule.startInBackground();
  await until("the before hook is held", async () => (await sh(on.host, `test -e ${HELD}`)).code === 0);
  await on.sh("rm /run/lab-hold");
}
