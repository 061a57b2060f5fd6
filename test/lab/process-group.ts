import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LabError } from "./lab-error.js";

/** A process group that the lab started: its leader, named so that a reused process id is never taken for it. */
export const processGroup = z.strictObject({
  /** Process id of the leader, which is the id of the group and of the session too. */
  pid: z.int().positive(),
  /** Start of the leader in clock ticks since the boot, field 22 of /proc/PID/stat (proc_pid_stat(5)). */
  startTicks: z.int().nonnegative(),
  /** /proc/sys/kernel/random/boot_id of the machine at that time. */
  bootId: z.string(),
});
export type ProcessGroup = z.infer<typeof processGroup>;

/** Names the group of a leader that was just spawned with `detached: true`. Undefined when it ended already. */
export function identifyGroup(pid: number): ProcessGroup | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Tells whether any process of the group still runs; zombies do not count. */
export function isGroupAlive(group: ProcessGroup): boolean {
  return members(group).length > 0;
}

/** Tells whether the group's leader still runs. */
export function isLeaderAlive(group: ProcessGroup): boolean {
  return members(group).includes(group.pid);
}

/** Sends a signal to the group, when it is still the one that the lab started. */
export function signalGroup(group: ProcessGroup, signal: NodeJS.Signals): void {
  if (!isGroupAlive(group)) return;
  try {
    process.kill(-group.pid, signal);
  } catch (error) {
    // The last process may have ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Sends a signal to the group's leader alone, when it still runs. */
export function signalLeader(group: ProcessGroup, signal: NodeJS.Signals): void {
  if (isLeaderAlive(group)) process.kill(group.pid, signal);
}

/**
 * Ends the group with SIGKILL and returns when no process of it is left.
 * @throws {LabError} If a process is still there after 20 s.
 */
export async function killGroup(group: ProcessGroup): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (isGroupAlive(group)) {
    signalGroup(group, "SIGKILL");
    if (performance.now() > deadline) {
      throw new LabError(
        `Cannot end process group ${group.pid}: processes ${members(group).join(", ")} are still there after 20 s`,
        "Look at them with ps -o pid,stat,wchan,args",
      );
    }
    await sleep(20);
  }
}

/**
 * A process id is not given out again while a group or session bears it: so members of a group whose leader is gone
 * are ours when they are in the leader's session and not older than it.
 */
function members(group: ProcessGroup): number[] {
  if (group.bootId !== bootId()) return [];
  const leader = readStat(group.pid);
  if (leader && leader.startTicks !== group.startTicks) return [];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const stat = readStat(pid);
      return (
        stat !== undefined &&
        stat.group === group.pid &&
        stat.session === group.pid &&
        stat.startTicks >= group.startTicks &&
        !["Z", "X"].includes(stat.state)
      );
    });
}

function readStat(pid: number) {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "",
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

/** Names this boot of this machine. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
