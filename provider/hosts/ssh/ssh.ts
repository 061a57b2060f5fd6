import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { Connection } from "../../model/connection.js";
import { ConnectionError } from "../errors.js";
import { type Credentials, credentials } from "./credentials.js";
import { explain } from "./explain.js";
import { type Hop, hopsTo } from "./hop.js";
import { describeOfferedKey, pinnedKeys } from "./host-key.js";
import { keepAlive } from "./keepalive.js";

/** An open connection, with what is needed to end it and to let the process end while it is idle. */
export interface SshConnection {
  readonly client: Client;
  /** Keeps the process alive, or lets it end, as a timer's ref and unref do. */
  hold(isHeld: boolean): void;
  close(): void;
}

/** An IPv6 address may be written in brackets, as in a URL. */
const plainAddress = ({ endpoint }: Hop): string => endpoint.address.replace(/^\[(.*)\]$/, "$1");

function dial(hop: Hop, socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(explain(hop, error));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
    socket.setNoDelay(true);
    socket.connect(hop.endpoint.port, plainAddress(hop));
  });
}

/** A channel through a connected client to the next hop. */
function forward(via: Client, hop: Hop): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    via.forwardOut("127.0.0.1", 0, plainAddress(hop), hop.endpoint.port, (error, stream) => {
      if (error === undefined) return resolve(stream);
      reject(
        new ConnectionError(
          hop.host,
          {
            detail: `the jump host cannot reach ${hop.machine} port ${hop.endpoint.port}: ${error.message}`,
            next: "Check the address as seen from the jump host, and that its sshd has AllowTcpForwarding on",
          },
          { isTransient: true, cause: error },
        ),
      );
    });
  });
}

/** Checks the server's key and logs in. */
function logIn(hop: Hop, login: Credentials, client: Client, stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const keys = pinnedKeys(hop.endpoint);
    let refusal: ConnectionError | undefined;
    let agentError: Error | undefined;
    const fail = (error: Error) => reject(refusal ?? explain(hop, error, login));
    client.once("ready", resolve);
    // Stays: after the login an error shows as the end of whatever channel is open, and alone must not end the process.
    client.on("error", (error: Error & { level?: string }) => {
      // Without its agent ssh2 goes on with the other credentials; if there is no other, the agent is the reason.
      if (error.level === "agent") agentError = error;
      else fail(login.names.length === 1 ? (agentError ?? error) : error);
    });
    client.once("close", () => fail(new Error("it closed the connection")));
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) => {
      answer(prompts.map(() => String(login.config.password ?? "")));
    });
    client.connect({
      ...login.config,
      sock: stream,
      username: hop.endpoint.user,
      tryKeyboard: login.config.password !== undefined,
      readyTimeout: 0,
      algorithms: { serverHostKey: keys.algorithms },
      hostVerifier: (blob: Buffer) => {
        if (keys.blobs.some((pinned) => pinned.equals(blob))) return true;
        const { detail, next } = describeOfferedKey(hop, blob);
        refusal = new ConnectionError(hop.host, { detail, next }, { isTransient: false });
        return false;
      },
    });
  });
}

/**
 * Opens an SSH connection once, through the jump hosts if there are any.
 * @param signal Ends the attempt when the time for connecting is over.
 * @throws {ConnectionError} With the cure; `isTransient` tells whether another try makes sense.
 */
export async function openSsh(host: string, connection: Connection, signal: AbortSignal): Promise<SshConnection> {
  const hops = hopsTo(host, connection);
  // All of them first: what is missing here is known without asking any host.
  const logins = hops.map(credentials);
  const socket = new Socket();
  const clients: Client[] = [];
  let waitingFor = hops[0];
  const close = () => {
    for (const client of clients.toReversed()) client.destroy();
    socket.destroy();
  };

  const open = async (): Promise<Client> => {
    let stream: Duplex = await dial(hops[0], socket);
    for (const [index, hop] of hops.entries()) {
      waitingFor = hop;
      const via = clients.at(-1);
      if (via !== undefined) stream = await forward(via, hop);
      clients.push(new Client());
      await logIn(hop, logins[index] as Credentials, clients.at(-1) as Client, stream);
    }
    return clients.at(-1) as Client;
  };
  const timeUp = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(notInTime(waitingFor, connection.connectTimeoutSeconds));
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });

  try {
    const client = await Promise.race([open(), timeUp]);
    keepAlive(client, close);
    // Without the host, the connections to its jump hosts have no use.
    client.once("close", close);
    return { client, hold: (isHeld) => (isHeld ? socket.ref() : socket.unref()), close };
  } catch (error) {
    close();
    throw error;
  }
}

function notInTime({ host, server }: Hop, seconds: number): ConnectionError {
  return new ConnectionError(
    host,
    {
      detail: `${server} did not answer within ${seconds} s`,
      next: "Check that the host is up and reachable from where Pulumi runs; connectTimeoutSeconds in the connection sets the limit",
    },
    { isTransient: true },
  );
}
