import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { Connection, Endpoint } from "../schema/connection.js";
import { credentials } from "./credentials.js";
import { ConnectionError } from "./errors.js";
import { describeOfferedKey, pinnedKeys } from "./host-key.js";

/** An open connection, with what is needed to end it and to let the process end while it is idle. */
export interface SshConnection {
  readonly client: Client;
  /** Keeps the process alive, or lets it end, as a timer's ref and unref do. */
  hold(isHeld: boolean): void;
  close(): void;
}

const KEEPALIVE_MS = 10_000;

/** What the errors of ssh2 and of the socket mean to a user. */
function explain(host: string, endpoint: Endpoint, error: Error & { level?: string; code?: string }): ConnectionError {
  const at = `${endpoint.user}@${endpoint.address} port ${endpoint.port}`;
  if (error instanceof ConnectionError) return error;
  if (error.level === "client-authentication") {
    return new ConnectionError(
      host,
      `${at} refused every credential`,
      "Add the public key to the user's authorized_keys there, or name another credential in the connection",
      { isTransient: false, cause: error },
    );
  }
  const known: Record<string, [string, string]> = {
    ECONNREFUSED: [`${at} refused the connection`, "Start sshd there, or set address and port to where it listens"],
    ENOTFOUND: [
      `the name "${endpoint.address}" does not resolve`,
      "Set address to a name that resolves where Pulumi runs, or to an IP address",
    ],
    EHOSTUNREACH: [`there is no way to ${at}`, "Check the network and the address"],
    ENETUNREACH: [`there is no way to ${at}`, "Check the network and the address"],
  };
  const [detail, next] = known[error.code ?? ""] ?? [
    `${at}: ${error.message}`,
    "Check that the host is up and that sshd answers there, then run it again",
  ];
  return new ConnectionError(host, detail, next, { isTransient: error.code !== "ENOTFOUND", cause: error });
}

/** Opens one connection over a stream that leads to the endpoint, or over a socket of its own. */
function openClient(host: string, endpoint: Endpoint, stream: Duplex, signal: AbortSignal): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const keys = pinnedKeys(endpoint);
    let refusal: ConnectionError | undefined;
    const abort = () => finish(signal.reason as Error);
    function finish(error?: Error): void {
      signal.removeEventListener("abort", abort);
      if (error === undefined) {
        resolve(client);
        return;
      }
      client.on("error", () => {});
      client.destroy();
      stream.destroy();
      reject(refusal ?? explain(host, endpoint, error));
    }
    signal.addEventListener("abort", abort);
    client.once("ready", () => finish());
    client.once("error", finish);
    client.once("close", () => finish(new Error("the connection was closed during the handshake")));
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) => {
      answer(prompts.map(() => String(config.password ?? "")));
    });
    const config = credentials(host, endpoint);
    client.connect({
      ...config,
      sock: stream,
      username: endpoint.user,
      tryKeyboard: config.password !== undefined,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
      ...(keys.algorithms.length > 0 && { algorithms: { serverHostKey: keys.algorithms as never } }),
      hostVerifier: (blob: Buffer) => {
        if (keys.matches(blob)) return true;
        const { detail, next } = describeOfferedKey(endpoint, blob);
        refusal = new ConnectionError(host, detail, next, { isTransient: false });
        return false;
      },
    });
  });
}

/** A channel through a connected client to the next endpoint. */
function forward(host: string, via: Client, endpoint: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    via.forwardOut("127.0.0.1", 0, endpoint.address, endpoint.port, (error, stream) => {
      if (error === undefined) return resolve(stream);
      reject(
        new ConnectionError(
          host,
          `the jump host cannot reach ${endpoint.address} port ${endpoint.port}: ${error.message}`,
          "Check the address as seen from the jump host, and that its sshd has AllowTcpForwarding on",
          { isTransient: true, cause: error },
        ),
      );
    });
  });
}

function dial(host: string, endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    const abort = () => socket.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort);
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => reject(explain(host, endpoint, error)));
    socket.setNoDelay(true);
    socket.connect(endpoint.port, endpoint.address.replace(/^\[(.*)\]$/, "$1"));
  });
}

/**
 * Opens an SSH connection once, through the jump hosts if there are any.
 * @throws {ConnectionError} With the cure; `isTransient` tells whether another try makes sense.
 */
export async function openSsh(host: string, connection: Connection, signal: AbortSignal): Promise<SshConnection> {
  const endpoints: Endpoint[] = [...connection.jumpHosts, connection];
  const [first] = endpoints as [Endpoint, ...Endpoint[]];
  const socket = await dial(host, first, signal);
  const clients: Client[] = [];
  const close = () => {
    for (const client of [...clients].reverse()) client.destroy();
    socket.destroy();
  };
  try {
    for (const endpoint of endpoints) {
      const via = clients.at(-1);
      const stream = via === undefined ? socket : await forward(host, via, endpoint);
      clients.push(await openClient(host, endpoint, stream, signal));
    }
  } catch (error) {
    close();
    throw error;
  }
  const client = clients.at(-1) as Client;
  // After the handshake an error shows as the end of whatever channel is open; alone it must not end the process.
  for (const each of clients) each.on("error", () => {});
  return { client, hold: (isHeld) => (isHeld ? socket.ref() : socket.unref()), close };
}
