import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { s3Front } from "./s3-front.js";
import { readyFile, type S3State, s3State } from "./s3-state.js";

// The process of one S3 server of the lab, whose state's file is its argument. It ends when one of its parts does.

async function main(stateFile: string): Promise<void> {
  const state = s3State.parse(JSON.parse(readFileSync(stateFile, "utf8")));
  const { server, data } = state;
  const [iam, s3] = [join(data, "iam.sock"), join(data, "s3.sock")];
  for (const path of [join(data, "iam"), server.objects, server.versions]) mkdirSync(path, { recursive: true });
  for (const socket of [iam, s3]) rmSync(socket, { force: true });
  const iamStore = ["iam", "--dir", join(data, "iam"), "--private-ports", iam, "--private-socket-perm", "0600"];
  startPart(state, ["-p", portOf(server.iamEndpoint), ...tlsOf(state)], iamStore);
  await listening(iam);
  const account = ["--iam-cache-disable", "--iam-standalone-endpoint", iam];
  const files = ["posix", "--versioning-dir", server.versions, server.objects];
  startPart(state, ["-p", s3, ...tlsOf(state), ...account], files);
  // Another process for the same files: a gateway speaks TLS on all of its ports or on none.
  startPart(state, ["-p", portOf(server.plainEndpoint), ...account], files);
  await listening(s3);
  const front = s3Front({
    socket: s3,
    certificate: state.certificate,
    key: state.key,
    ca: server.caCertificateFile,
    settings: join(data, "settings"),
    rootAccessKeyId: server.accessKeyId,
  });
  const { hostname, port } = new URL(server.endpoint);
  front.listen(Number(port), hostname, () => writeFileSync(readyFile(state), ""));
}

const tlsOf = ({ certificate, key }: S3State): string[] => ["--cert", certificate, "--key", key];
const portOf = (endpoint: string): string => new URL(endpoint).host;

function startPart({ gateway, server }: S3State, global: readonly string[], command: readonly string[]): ChildProcess {
  const root = { ROOT_ACCESS_KEY_ID: server.accessKeyId, ROOT_SECRET_ACCESS_KEY: server.secretAccessKey };
  const child = spawn(gateway, ["--quiet", "--region", server.region, ...global, ...command], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { PATH: process.env["PATH"] ?? "", ...root },
  });
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(`"versitygw ${command[0]}" ended with ${code ?? signal}`));
  return child;
}

function end(reason: string): never {
  console.error(reason);
  // The parts are in this process's group: whoever started it ends the group.
  process.exit(1);
}

async function listening(socket: string): Promise<void> {
  while (!(existsSync(socket) && (await answers(socket)))) await sleep(20);
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.on("error", () => resolve(false));
  });
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
