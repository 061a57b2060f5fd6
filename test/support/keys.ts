import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

interface KeyOptions {
  type?: "ed25519" | "rsa";
  /** A key file to copy instead of making a new key. */
  copyOf?: string;
  passphrase?: string;
  /** PEM is for RSA keys only. */
  format?: "OpenSSH" | "PEM";
}

/** Makes a key pair in a folder. */
export function newKey(folder: string, name: string, options: KeyOptions = {}): { file: string; publicLine: string } {
  const file = join(folder, name);
  const { passphrase = "", copyOf } = options;
  if (copyOf === undefined) {
    const { type = "ed25519", format } = options;
    const flags = format === "PEM" ? ["-m", "PEM"] : [];
    execFileSync("ssh-keygen", ["-q", "-t", type, ...flags, "-N", passphrase, "-C", "", "-f", file]);
  } else {
    copyFileSync(copyOf, file);
    chmodSync(file, 0o600);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", file]);
  }
  return { file, publicLine: existsSync(`${file}.pub`) ? readFileSync(`${file}.pub`, "utf8").trim() : "" };
}

/** An SSH agent of a test's own. */
export interface Agent {
  readonly socket: string;
  add(file: string): void;
  stop(): void;
}

/** Starts an agent whose socket is in the folder. */
export async function startAgent(folder: string): Promise<Agent> {
  const socket = join(folder, "agent");
  const child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  for (const until = Date.now() + 10_000; !existsSync(socket); await sleep(20)) {
    if (Date.now() > until) throw new Error("ssh-agent did not start");
  }
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  return {
    socket,
    add: (file) => execFileSync("ssh-add", ["-q", file], { env }),
    stop: () => child.kill(),
  };
}
