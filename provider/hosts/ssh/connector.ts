import { backOff } from "exponential-backoff";
import type { Connection } from "../../model/connection.js";
import { ConnectionError } from "../errors.js";
import { openSsh, type SshConnection } from "./ssh.js";

/** How long a failed connect is remembered: 100 volumes of a dead host must not wait for 100 deadlines. */
const REMEMBER_FAILURE_MS = 30_000;
const MAX_ATTEMPTS = 4;

/** Keeps at most one SSH connection to a host, opened when it is first needed and again after it was lost. */
export class Connector {
  readonly #host: string;
  readonly #connection: Connection;
  #open: Promise<SshConnection> | undefined;
  #failure: { error: ConnectionError; until: number } | undefined;

  constructor(host: string, connection: Connection) {
    this.#host = host;
    this.#connection = connection;
  }

  /**
   * The connection; concurrent callers share one attempt.
   * @throws {ConnectionError} After bounded retries within the connect deadline, or at once if the last failure is recent.
   */
  get(): Promise<SshConnection> {
    if (this.#failure !== undefined && Date.now() < this.#failure.until) return Promise.reject(this.#failure.error);
    this.#open ??= this.#connect().then(
      (ssh) => {
        ssh.client.once("close", () => {
          this.#open = undefined;
        });
        return ssh;
      },
      (error: ConnectionError) => {
        this.#open = undefined;
        this.#failure = { error, until: Date.now() + REMEMBER_FAILURE_MS };
        throw error;
      },
    );
    return this.#open;
  }

  /** Ends the connection if there is one. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    (await open?.catch(() => undefined))?.close();
  }

  async #connect(): Promise<SshConnection> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#connection.connectTimeoutSeconds * 1000);
    let last: ConnectionError | undefined;
    try {
      return await backOff(() => openSsh(this.#host, this.#connection, deadline.signal), {
        numOfAttempts: MAX_ATTEMPTS,
        startingDelay: 250,
        jitter: "full",
        retry: (error: unknown) => {
          if (!(error instanceof ConnectionError && error.isTransient) || deadline.signal.aborted) return false;
          last = error;
          return true;
        },
      });
    } catch (error) {
      // When the time runs out in a later attempt, the answer to the one before says more than "too late".
      throw deadline.signal.aborted && last !== undefined ? last : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
