import { labEnvironment } from "./environment.js";
import { isInNamespace } from "./in-namespace.js";
import { keptLab } from "./kept-lab.js";
import type { LabDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import { lockLab } from "./lab-lock.js";
import { readLabState, requireLabState } from "./lab-state.js";
import { say, sayHowToUse } from "./progress.js";
import { runCommand } from "./run-command.js";
import { isServerOn } from "./s3-server.js";
import { readS3States, type S3State } from "./s3-state.js";
import { sh, sshCommand } from "./sh.js";
import { startLab } from "./start-lab.js";
import { stopLab } from "./stop-lab.js";
import { isUmlOn } from "./uml-host.js";
import { readUmlStates } from "./uml-state.js";

/** Starts a lab that stays, unless there is one already. */
export async function up(dir: LabDir, hosts: number, interrupt: AbortSignal): Promise<void> {
  const unlock = await lockLab(dir);
  try {
    if (!(await keptLab(dir, hosts))) await startToStay(dir, hosts, interrupt);
    sayHowToUse(dir);
  } finally {
    unlock();
  }
}

/** Stops the lab, if there is one. */
export async function down(dir: LabDir): Promise<void> {
  if (isInNamespace(dir.namespace)) {
    throw new LabError("Cannot stop the lab from within: this shell would end with it", "Leave the shell first");
  }
  const unlock = await lockLab(dir);
  try {
    if (!(await stopLab(dir))) say(`no lab runs in ${dir.path}`);
  } finally {
    unlock();
  }
}

/** Prints what runs, one line per host and S3 server, and returns 0 when all of it does. */
export async function status(dir: LabDir): Promise<number> {
  const state = readLabState(dir);
  if (!state) {
    console.log(`No lab in ${dir.path}`);
    return 1;
  }
  const lines = await Promise.all(
    readUmlStates(dir).map(async ({ host, console, group }) => {
      const isOn = isUmlOn(dir, host.name);
      const answers = isOn && (await sh(host, "true", { timeoutMs: 10_000 })).code === 0;
      const text = isOn ? `on, ${answers ? "answers" : "does not answer"}, process group ${group?.pid}` : "off";
      return { answers, text: `${host.name}  ${host.address}  ${text}, console ${console}` };
    }),
  );
  const s3 = readS3States(dir).map((server) => ({ answers: isServerOn(server), text: describeServer(server) }));
  const all = [...lines, ...s3];
  console.log([`Lab in ${dir.path}, network namespace ${dir.namespace}`, ...all.map(({ text }) => text)].join("\n"));
  return all.every(({ answers }) => answers) && state.hosts.length > 0 ? 0 : 1;
}

function describeServer(state: S3State): string {
  const { server, group, log } = state;
  const text = isServerOn(state) ? `on, process group ${group?.pid}` : "off";
  return `${server.name}  ${server.endpoint}  IAM ${server.iamEndpoint}  ${text}, log ${log}`;
}

/** Runs a command in a lab that runs already and returns its exit status. */
export async function exec(dir: LabDir, command: readonly string[]): Promise<number> {
  const env = labEnvironment(dir, requireLabState(dir));
  return runCommand({ namespace: dir.namespace, command, env });
}

/** Opens a shell on a host, or runs a command there, and returns its exit status. */
export async function ssh(dir: LabDir, name: string, command: readonly string[]): Promise<number> {
  const { hosts } = requireLabState(dir);
  const host = hosts.find((candidate) => candidate.name === name);
  if (!host) {
    throw new LabError(
      `Cannot find host "${name}" in the lab`,
      `Its hosts are: ${hosts.map((other) => other.name).join(", ")}`,
    );
  }
  return runCommand({ namespace: dir.namespace, command: [...sshCommand(host), ...command], env: {} });
}

async function startToStay(dir: LabDir, hosts: number, interrupt: AbortSignal): Promise<void> {
  try {
    await startLab(dir, { hosts, keep: true }, interrupt);
  } catch (error) {
    await stopLab(dir);
    throw error;
  }
}
