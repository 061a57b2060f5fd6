import { setTimeout as sleep } from "node:timers/promises";
import { labDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import type { LabHost } from "./lab-host.js";
import { closeConnections, sh } from "./sh.js";
import { isUmlOn, killUml, signalUml, startUml } from "./uml-host.js";
import { readUmlState } from "./uml-state.js";

/**
 * Cuts a host's power: nothing in it gets to end well, and what was not on its disks is lost. A real machine boots by
 * itself afterwards; a host of the lab stays off until `startHost`.
 */
export async function powerCut(host: LabHost): Promise<void> {
  if (isOurs(host)) await killUml(labDir(), host.name);
  else await sh(host, "echo 1 >/proc/sys/kernel/sysrq; echo b >/proc/sysrq-trigger", { timeoutMs: 5_000 });
  await closeConnections(host);
}

/** Switches a host on again, with the disks as they are, and waits until it is up. */
export async function startHost(host: LabHost): Promise<void> {
  if (isOurs(host)) startUml(labDir(), host.name);
  await waitForSsh(host);
}

/** Shuts a host down in good order and starts it again. */
export async function reboot(host: LabHost): Promise<void> {
  if (isOurs(host)) {
    await sh(host, "systemctl poweroff", { timeoutMs: 10_000 });
    await until(`host "${host.name}" is off`, 180_000, async () => !isUmlOn(labDir(), host.name));
    await killUml(labDir(), host.name);
  } else {
    const before = await sh(host, "cat /proc/sys/kernel/random/boot_id");
    await sh(host, "systemctl reboot", { timeoutMs: 10_000 });
    await until(`host "${host.name}" has booted again`, 600_000, async () => {
      await closeConnections(host);
      const now = await sh(host, "cat /proc/sys/kernel/random/boot_id", { timeoutMs: 5_000 });
      return now.code === 0 && now.stdout !== before.stdout;
    });
  }
  await closeConnections(host);
  await startHost(host);
}

/** Waits until a host's system has started: ssh answers and systemd has no start job left. */
export async function waitForSsh(
  host: LabHost,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  await until(`host "${host.name}" answers`, options.timeoutMs ?? 120_000, async () => {
    options.signal?.throwIfAborted();
    if (isOurs(host) && !isUmlOn(labDir(), host.name)) throw off(host);
    // 0 is "running" and 1 "degraded": a failed unit is the business of the test that looks at it.
    const { code } = await sh(host, "systemctl is-system-running --wait >/dev/null", {
      connectTimeoutSeconds: 1,
      timeoutMs: 60_000,
    });
    return code === 0 || code === 1;
  });
}

/** Stops a host in the middle of whatever it does, so that it neither answers nor refuses. */
export function freeze(host: LabHost): void {
  requireOurs(host, "freeze");
  signalUml(labDir(), host.name, "SIGSTOP");
}

/** Lets a frozen host go on. */
export function thaw(host: LabHost): void {
  requireOurs(host, "thaw");
  signalUml(labDir(), host.name, "SIGCONT");
}

function isOurs(host: LabHost): boolean {
  return readUmlState(labDir(), host.name) !== undefined;
}

function requireOurs(host: LabHost, action: string): void {
  if (isOurs(host)) return;
  throw new LabError(`Cannot ${action} host "${host.name}": it is a real machine`, "Run this suite without LAB_HOSTS");
}

function off(host: LabHost): LabError {
  const console = readUmlState(labDir(), host.name)?.console;
  return new LabError(
    `Cannot reach host "${host.name}": it is off`,
    `Call startHost() first; its console is ${console}`,
  );
}

async function until(claim: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      throw new LabError(
        `Cannot wait longer for this: ${claim} (${timeoutMs / 1000} s)`,
        `Look at the consoles in ${labDir().logs}`,
      );
    }
    await sleep(200);
  }
}
