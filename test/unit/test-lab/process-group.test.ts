import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { identifyGroup, isGroupAlive, isLeaderAlive, killGroup, signalGroup } from "../../lab/process-group.js";

/** A leader with one child; both are in the group. */
async function startGroup() {
  const leader = spawn("sh", ["-c", "sleep 60 & echo started; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(leader.stdout as NonNullable<ChildProcess["stdout"]>, "data");
  const group = identifyGroup(leader.pid ?? 0);
  if (!group) throw new Error("the leader has ended already");
  return { leader, group };
}

test("killGroup() ends the leader and its children", async () => {
  const { group } = await startGroup();
  expect(isGroupAlive(group)).toBe(true);
  await killGroup(group);
  expect(isGroupAlive(group)).toBe(false);
});

test("killGroup() ends what a dead leader has left behind", async () => {
  const { leader, group } = await startGroup();
  process.kill(group.pid, "SIGKILL");
  await once(leader, "exit");
  expect([isLeaderAlive(group), isGroupAlive(group)]).toEqual([false, true]);
  await killGroup(group);
  expect(isGroupAlive(group)).toBe(false);
});

test.each([
  ["another start of the leader, as when its process id was given out again", { startTicks: 1 }],
  ["another boot of the machine", { bootId: "00000000-0000-0000-0000-000000000000" }],
])("signalGroup() spares a group with %s", async (_, other) => {
  const { group } = await startGroup();
  const stranger = { ...group, ...other };
  signalGroup(stranger, "SIGKILL");
  await killGroup(stranger);
  expect([isGroupAlive(stranger), isGroupAlive(group)]).toEqual([false, true]);
  await killGroup(group);
});
