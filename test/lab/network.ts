import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { runProgram } from "./run-program.js";

/** Address of the namespace itself, where the S3 servers listen. */
export const LAB_ADDRESS = "10.77.0.1";

/** Address of a host by its number from 1 on. */
export function hostAddress(number: number): string {
  return `10.77.0.${10 + number}`;
}

/** Name of a host's network device; the namespace is its own, so labs side by side may use the same. */
export function tapName(number: number): string {
  return `tap${number}`;
}

/** Hardware address of a host, in the range for local use (IEEE 802, second bit of the first byte). */
export function hardwareAddress(number: number): string {
  return `02:4c:56:4d:00:${number.toString(16).padStart(2, "0")}`;
}

/** File of a namespace that ip-netns(8) named. */
export function namespaceFile(namespace: string): string {
  return join("/run/netns", namespace);
}

/** Makes the lab's network namespace with a bridge and one tap per host in it. Nothing leads out of it. */
export async function createNetwork(dir: LabDir, hosts: number, signal: AbortSignal): Promise<void> {
  const options = { logFile: join(dir.logs, "network.log"), signal };
  try {
    await runProgram(["ip", "netns", "add", dir.namespace], options);
  } catch (cause) {
    if (!(cause instanceof LabError)) throw cause;
    throw new LabError(
      "Cannot make a network namespace: the lab needs a machine or container that permits it",
      `Run it where "ip netns add" works (CAP_SYS_ADMIN and CAP_NET_ADMIN)\n${cause.message}`,
      { cause },
    );
  }
  const taps = Array.from({ length: hosts }, (_, index) => tapName(index + 1));
  const batch = [
    "link set lo up",
    "link add lab0 type bridge",
    `addr add ${LAB_ADDRESS}/24 dev lab0`,
    "link set lab0 up",
    ...taps.flatMap((tap) => [`tuntap add dev ${tap} mode tap`, `link set ${tap} master lab0`, `link set ${tap} up`]),
  ];
  await runProgram(["ip", "-netns", dir.namespace, "-batch", "-"], { ...options, input: `${batch.join("\n")}\n` });
}

/** Removes the namespace; the kernel takes the bridge and the taps with it. */
export async function removeNetwork(dir: LabDir): Promise<void> {
  if (!existsSync(namespaceFile(dir.namespace))) return;
  const { signal } = new AbortController();
  await runProgram(["ip", "netns", "delete", dir.namespace], { logFile: join(dir.logs, "network.log"), signal });
}
