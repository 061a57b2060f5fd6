import { closeChannels } from "../../provider/hosts/channels.js";
import { type LabHost, labHosts, sh } from "../lab/index.js";
import { until } from "../support/hold.js";
import { BackupHost, PASSWORD } from "./backup-host.js";
import { calls, expectFailure, expectSuccess, LOG } from "./hooked-run.js";
import { type Hook, Schedule } from "./schedule.js";

const [host] = labHosts() as [LabHost];
const on = new BackupHost(host);
/** Several times what a run takes here. */
const DEADLINE_SECONDS = 40;
let schedules: [Schedule, Schedule, Schedule];

const id = (number: number) => `5d0c2f5e-8a58-4a8e-9d0e-00000000000${number}`;
const isWaiting = async ({ volume }: Schedule) =>
  (await sh(host, `jq -e '.waiting != null' ${volume.state}/status.json`)).code === 0;
const haveEnded = async () => (await Promise.all(schedules.map((each) => each.isRunning()))).every((is) => !is);

/** Starts the services at the same moment, and waits for the end of all. Whether each succeeded. */
const startTogether = async (...units: string[]) =>
  (await sh(host, `systemctl start ${units.map((unit) => `${unit}.service`).join(" ")}`, { timeoutMs: 240_000 }))
    .code === 0;

beforeAll(async () => {
  await on.open("640MiB");
  const made: Schedule[] = [];
  for (const [index, name] of ["first", "second", "third"].entries()) {
    const volume = await on.volume(name, "32MiB");
    await volume.write(0, 256);
    made.push(new Schedule(on, volume, id(index)));
  }
  schedules = made as typeof schedules;
});
afterAll(async () => {
  try {
    expect(await on.close()).toBe("");
  } finally {
    await closeChannels();
  }
});

test("with a limit of one the others wait, which is no failure and takes nothing of their deadline", async () => {
  const [first, second, third] = schedules;
  await on.limitRuns(1);
  const held: Hook = {
    command: "touch /run/lab-held; while [ -e /run/lab-hold ]; do sleep 0.2; done",
    timeoutSeconds: 200,
  };
  await on.sh("rm -f /run/lab-held; touch /run/lab-hold");
  await first.install({ hooks: { before: held } });
  await first.startInBackground();
  await until("the first one is held", async () => (await sh(host, "test -e /run/lab-held")).code === 0);
  // A run that goes has a restic most of the time, but none while its own hook is called.
  const before = { command: `echo "begin $(pgrep -c -x restic)" >>${LOG}` };
  for (const each of [second, third]) {
    await each.install({ hooks: { before }, limits: { deadlineSeconds: DEADLINE_SECONDS } });
    await each.startInBackground();
  }
  const started = Date.now();
  await until("the others wait", async () => (await isWaiting(second)) && (await isWaiting(third)));
  expect((await first.status()).running).toMatchObject({ kind: "backup" });
  expect((await second.status()).waiting).toMatchObject({ kind: "backup", schedule: second.id });

  const process = `/proc/$(systemctl show -p MainPID --value ${first.unit()}.service)`;
  const behindGuests = `cat ${process}/oom_score_adj; grep -o -m 1 ':/pulumilvm.slice/' ${process}/cgroup
systemctl show -p CPUWeight --value pulumilvm.slice`;
  expect(await on.sh(behindGuests)).toBe("500\n:/pulumilvm.slice/\n20\n");

  // What somebody does by hand goes on at once.
  await second.volume.backup();
  await on.sh(`systemctl stop ${third.unit()}.service`);
  await expectFailure(third, "stopped");
  expect(await isWaiting(third)).toBe(false);
  await third.startInBackground();

  await until("a deadline has passed", async () => Date.now() - started > 1000 * (DEADLINE_SECONDS + 1));
  expect(await calls(on)).toEqual([]);
  await on.sh("rm /run/lab-hold");
  await until("all have ended", haveEnded);
  expect(await calls(on)).toEqual(["begin 0", "begin 0"]);
  for (const each of schedules) await expectSuccess(each);
  for (const each of schedules) expect(await isWaiting(each)).toBe(false);
  expect(await on.leftovers()).toBe("");
});

test("a limit that its Host changes counts for the next runs: two of three go together, and never three", async () => {
  await on.limitRuns(2);
  const before = {
    command: `echo begin >>${LOG}
for n in $(seq 200); do if [ $(grep -c begin ${LOG}) -ge 2 ]; then break; fi; sleep 0.1; done; sleep 3; echo end >>${LOG}`,
  };
  for (const each of schedules) await each.install({ hooks: { before } });
  expect(await startTogether(...schedules.map((each) => each.unit()))).toBe(true);
  let [open, most] = [0, 0];
  for (const call of await calls(on)) {
    open += call === "begin" ? 1 : -1;
    most = Math.max(most, open);
  }
  expect({ open, most }).toEqual({ open: 0, most: 2 });
});

test("backups to two targets, a prune and a drill of one volume that fall due together come one after the other", async () => {
  const [{ volume }] = schedules;
  const other = new Schedule(on, volume, id(9));
  await schedules[0].install();
  await other.install({ target: "other", repository: { url: `${volume.repository}-other`, password: PASSWORD } });
  const kinds = ["backup", "prune", "drill"].map((kind) => schedules[0].unit(kind));
  expect(await startTogether(...kinds, other.unit())).toBe(true);
  const { running, waiting, lastAttempt } = await schedules[0].status();
  expect({ running, waiting, lastAttempt }).toMatchObject({
    running: null,
    waiting: null,
    lastAttempt: { isSuccess: true },
  });
});
