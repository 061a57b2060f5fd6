import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHostDisks } from "./host-disks.js";
import { type HostPlan, planHosts } from "./host-plan.js";
import { waitForSsh } from "./host-power.js";
import type { LabDir } from "./lab-dir.js";
import type { LabHost } from "./lab-host.js";
import { type LabState, writeLabState } from "./lab-state.js";
import { memoryDirectory } from "./memory-directory.js";
import { createNetwork, hardwareAddress, hostAddress, LAB_ADDRESS, tapName } from "./network.js";
import { ensurePrerequisites } from "./prerequisites.js";
import { step } from "./progress.js";
import { pulumiCli } from "./pulumi-cli.js";
import { runProgram } from "./run-program.js";
import { s3Gateway } from "./s3-gateway.js";
import { startS3Servers } from "./start-s3.js";
import { together } from "./together.js";
import { startUml } from "./uml-host.js";
import { type UmlKernel, umlKernel } from "./uml-kernel.js";
import { writeUmlState } from "./uml-state.js";

const memoryMiB = 1024;

export interface LabRequest {
  /** How many hosts, from 1 on: they are called host1, host2, … */
  hosts: number;
  /** Whether the lab outlives the command that starts it. */
  keep: boolean;
}

/**
 * Installs and builds what is missing, makes the lab in an empty directory and starts its hosts and S3 servers. Whatever it throws, the
 * caller has to stop the lab.
 */
export async function startLab(dir: LabDir, request: LabRequest, interrupt: AbortSignal): Promise<LabState> {
  const empty: LabState = { keep: request.keep, hosts: [], s3: [], cli: [] };
  rmSync(dir.logs, { recursive: true, force: true });
  mkdirSync(dir.logs, { recursive: true });
  writeLabState(dir, empty);
  const logFile = join(dir.logs, "setup.log");
  await ensurePrerequisites(true, logFile, interrupt);
  const [hosts, programs] = await together(interrupt, [
    async (signal) => {
      const kernel = await umlKernel({ logFile, signal });
      return startHosts(dir, await planHosts(request.hosts, kernel, signal), kernel, signal);
    },
    async (signal) => ({ cli: await pulumiCli(logFile, signal), gateway: await s3Gateway(signal) }),
  ]);
  const { cli, gateway } = programs;
  prepareDirectories(dir);
  const s3 = await startS3Servers(dir, { gateway, address: LAB_ADDRESS, hosts: hosts.length }, interrupt);
  const state = { ...empty, hosts, s3, cli };
  writeLabState(dir, state);
  return state;
}

/** Makes the directories that commands in the lab write to. */
export function prepareDirectories(dir: LabDir): void {
  for (const path of [dir.backend, dir.pulumiHome, dir.sockets]) mkdirSync(path, { recursive: true });
}

/** Writes the host keys to the lab's known_hosts, which its ssh clients trust alone. */
export function writeKnownHosts(dir: LabDir, hosts: readonly LabHost[]): void {
  const lines = hosts.map(
    ({ address, port, hostKey }) => `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}\n`,
  );
  writeFileSync(dir.knownHosts, lines.join(""));
}

async function startHosts(
  dir: LabDir,
  plans: readonly HostPlan[],
  kernel: UmlKernel,
  signal: AbortSignal,
): Promise<LabHost[]> {
  const titles = plans.map(({ name, release }) => `${name} (${release})`);
  return step(`starting ${titles.join(", ")}`, async () => {
    const options = { logFile: join(dir.logs, "setup.log"), signal };
    await runProgram(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", dir.privateKey], options);
    await createNetwork(dir, plans.length, signal);
    const names = plans.map(({ name }) => name);
    const hosts = await Promise.all(plans.map((plan) => startNewHost(dir, { ...plan, kernel, names }, signal)));
    writeKnownHosts(dir, hosts);
    await Promise.all(hosts.map((host) => waitForSsh(host, { signal })));
    return hosts;
  });
}

async function startNewHost(
  dir: LabDir,
  { kernel, image, names, name, number, release }: HostPlan & { kernel: UmlKernel; names: readonly string[] },
  signal: AbortSignal,
): Promise<LabHost> {
  const { images, devices, hostKey } = await createHostDisks(dir, { image, name, number, names }, signal);
  const host: LabHost = {
    name,
    address: hostAddress(number),
    port: 22,
    user: "root",
    hostKey,
    privateKeyFile: dir.privateKey,
    disks: devices,
    release,
  };
  signal.throwIfAborted();
  writeUmlState(dir, {
    host,
    namespace: dir.namespace,
    kernel: { program: kernel.program, args: kernel.args },
    memoryMiB,
    memoryDir: memoryDirectory(names.length * memoryMiB, dir.path),
    umlDir: dir.uml,
    tap: tapName(number),
    mac: hardwareAddress(number),
    disks: images,
    console: join(dir.logs, `${name}-console.log`),
  });
  startUml(dir, name);
  return host;
}
