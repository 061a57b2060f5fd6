import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inNamespace } from "./in-namespace.js";
import { labDir } from "./lab-dir.js";
import { LabError } from "./lab-error.js";
import type { LabHost } from "./lab-host.js";

export interface ShOptions {
  /** Logs in as this user and runs the script as it; the host's own (root) unless told. */
  user?: string;
  /** The script's stdin; empty unless told. */
  input?: string | Buffer;
  /** Ends the ssh client after this time; three minutes unless told. */
  timeoutMs?: number;
  /** Gives up connecting after this time; 10 s unless told. */
  connectTimeoutSeconds?: number;
}

export interface ShResult {
  stdout: string;
  stderr: string;
  /** Exit status of the script; 255 when the connection failed (ssh(1)), undefined when the time was up. */
  code: number | undefined;
}

/**
 * Runs a POSIX script on a host, as root unless told, over the system's own ssh client: nothing of the code under test
 * takes part. Never rejects because of what the script does.
 */
export async function sh(host: LabHost, script: string, options: ShOptions = {}): Promise<ShResult> {
  // The braces make the shell read the whole script before it runs any of it, so that a command in it may read stdin.
  const viaStdin = options.input === undefined;
  const command = viaStdin ? "/bin/sh -s" : `/bin/sh -c ${quote(script)}`;
  const dir = labDir();
  mkdirSync(dir.sockets, { recursive: true });
  const [program = "", ...args] = inNamespace(dir.namespace, [...sshCommand(host, options), command]);
  const child = spawn(program, args, { stdio: "pipe" });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => undefined).end(viaStdin ? `{\n${script}\n} </dev/null\n` : options.input);
  return new Promise<ShResult>((resolve, reject) => {
    const finish = (code: number | undefined) => {
      clearTimeout(timer);
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
      resolve({ stdout: text(stdout), stderr: text(stderr), code });
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      // The process that shares the connection holds the other ends of the pipes until the script ends on the host.
      child.stdout.destroy();
      child.stderr.destroy();
      finish(undefined);
    }, options.timeoutMs ?? 180_000);
    child.once("error", reject);
    child.once("close", (code) => finish(code ?? undefined));
  });
}

/**
 * Like `sh`, for a script that has to succeed. Returns its stdout.
 * @throws {LabError} If it ends with another status than 0, with its stderr.
 */
export async function shOk(host: LabHost, script: string, options: ShOptions = {}): Promise<string> {
  const { stdout, stderr, code } = await sh(host, script, options);
  if (code === 0) return stdout;
  const end = code === undefined ? "no end in time" : `exit status ${code}`;
  throw new LabError(`Cannot run a script on host "${host.name}": ${end}\n${stderr}`, `The script was: ${script}`);
}

/** The system's ssh client with what it takes to reach a host from the lab's namespace; a command may follow. */
export function sshCommand(host: LabHost, options: Pick<ShOptions, "user" | "connectTimeoutSeconds"> = {}): string[] {
  return ["ssh", ...sshOptions(host, options)];
}

/** Ends the shared connections to a host, of all users: they would hang when the host's power is cut. */
export async function closeConnections(host: LabHost): Promise<void> {
  const dir = labDir().sockets;
  const suffix = `@${host.name}`;
  const sockets = existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith(suffix)) : [];
  await Promise.all(
    sockets.map((name) => {
      const user = name.slice(0, -suffix.length);
      const child = spawn("ssh", ["-O", "exit", ...sshOptions(host, { user })], { stdio: "ignore" });
      return new Promise((resolve) => child.once("close", resolve).once("error", resolve));
    }),
  );
}

function sshOptions(host: LabHost, options: Pick<ShOptions, "user" | "connectTimeoutSeconds">): string[] {
  const user = options.user ?? host.user;
  const dir = labDir();
  const settings = {
    BatchMode: "yes",
    ConnectTimeout: String(options.connectTimeoutSeconds ?? 10),
    ControlMaster: "auto",
    ControlPath: join(dir.sockets, `${user}@${host.name}`),
    // The connection stays for the next script, and goes by itself if nobody closes it.
    ControlPersist: "60",
    GlobalKnownHostsFile: "/dev/null",
    IdentitiesOnly: "yes",
    LogLevel: "ERROR",
    ServerAliveInterval: "5",
    ServerAliveCountMax: "3",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: dir.knownHosts,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", ...flags, "-i", host.privateKeyFile, "-p", String(host.port), "-l", user, host.address];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
