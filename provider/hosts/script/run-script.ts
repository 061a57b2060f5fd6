import type { ClientChannel } from "ssh2";
import type { Connection } from "../../model/connection.js";
import { ConnectionError, type HostError, InterruptedError, ReportError } from "../errors.js";
import type { SshConnection } from "../ssh/ssh.js";
import type { Script, Section } from "./script.js";
import { splitSections } from "./script.js";

/** A report of a whole host with thousands of volumes is a few MB; more than this is not ours. */
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;
/** A longer timer fires at once (Node, setTimeout). Zeroing a volume of 100 TiB may take longer than this: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a script as root over an open connection: one SSH exec, the script on stdin.
 * @param seconds Deadline of the whole script.
 * @param onLine Is given each line of stdout as it comes.
 * @returns The sections that it printed, its end included.
 * @throws {ConnectionError} If the host cannot run it as root; nothing was started.
 * @throws {InterruptedError} If the connection or the deadline ended it midway.
 */
export function runScript(
  host: string,
  connection: Connection,
  ssh: SshConnection,
  script: Script,
  seconds: number,
  onLine: (line: string) => void = () => {},
): Promise<Section[]> {
  return new ScriptRun(host, connection, script, onLine).over(ssh, seconds);
}

/** One run of a script: what it printed so far, and how it ended. */
class ScriptRun {
  readonly #host: string;
  readonly #connection: Connection;
  readonly #script: Script;
  readonly #onLine: (line: string) => void;
  /** What came, in pieces: to join them at each one would take the square of the time. */
  readonly #stdout: string[] = [];
  readonly #stderr: string[] = [];
  #length = 0;
  /** The line of stdout that has not ended yet. */
  #line = "";
  #exitCode: number | undefined;

  constructor(host: string, connection: Connection, script: Script, onLine: (line: string) => void) {
    this.#host = host;
    this.#connection = connection;
    this.#script = script;
    this.#onLine = onLine;
  }

  over(ssh: SshConnection, seconds: number): Promise<Section[]> {
    // The words of sudo are read below, and a user's locale would change them.
    const command = this.#connection.user === "root" ? "/bin/sh -s" : "env LC_ALL=C sudo -n /bin/sh -s";
    return new Promise<Section[]>((resolve, reject) => {
      const timer = setTimeout(
        () => {
          reject(tooLate(this.#host, seconds));
          ssh.close();
        },
        Math.min(seconds * 1000, MAX_TIMER_MS),
      );
      // Only the first outcome counts: a promise is settled once.
      const settle = (outcome: Section[] | Error): void => {
        clearTimeout(timer);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      try {
        ssh.client.exec(command, (error, channel) => {
          if (error === undefined) this.#talk(channel, settle);
          else settle(cannotOpen(this.#host, error));
        });
      } catch (error) {
        settle(cannotOpen(this.#host, error as Error));
      }
    });
  }

  #talk(channel: ClientChannel, settle: (outcome: Section[] | Error) => void): void {
    const collect = (into: string[], text: string) => {
      into.push(text);
      this.#length += text.length;
      if (this.#length > MAX_OUTPUT_BYTES) {
        settle(new ReportError(this.#host, `it is larger than ${MAX_OUTPUT_BYTES} bytes`));
        channel.close();
      }
    };
    channel.setEncoding("utf8");
    channel.stderr.setEncoding("utf8");
    channel.on("data", (text: string) => {
      collect(this.#stdout, text);
      const [end = "", ...begun] = text.split("\n");
      this.#line += end;
      for (const next of begun) {
        this.#onLine(this.#line);
        this.#line = next;
      }
    });
    channel.stderr.on("data", (text: string) => collect(this.#stderr, text));
    channel.on("exit", (code: number | null) => {
      this.#exitCode = code ?? undefined;
    });
    channel.on("error", (cause: Error) => settle(dropped(this.#host, cause)));
    // A script that ends early, as sudo does, closes the pipe under our feet; the exit code says more.
    channel.stdin.on("error", () => {});
    channel.on("close", () => settle(this.#outcome()));
    channel.end(this.#script.text);
  }

  #outcome(): Section[] | Error {
    const exitCode = this.#exitCode;
    const stderr = this.#stderr.join("");
    const sections = splitSections(this.#script.nonce, this.#stdout.join(""), stderr);
    const isComplete = sections.at(-1)?.label === "end";
    const isLockRefused = sections.at(-1)?.label === "lock";
    if (exitCode === 0 && (isComplete || isLockRefused)) return sections;
    if (exitCode === undefined) return dropped(this.#host);
    if (sections.length > 0) return died(this.#host, exitCode, sections);
    return cannotStart(this.#host, this.#connection, exitCode, stderr.trim());
  }
}

function dropped(host: string, cause?: Error): InterruptedError {
  return new InterruptedError(
    host,
    {
      summary: "Cannot tell how the script ended",
      detail: "the connection was lost while it ran",
      next: "Check the host and the network, then run pulumi up again: it looks at the host first and goes on where this run ended",
    },
    { cause },
  );
}

function tooLate(host: string, seconds: number): InterruptedError {
  return new InterruptedError(host, {
    summary: "Cannot wait any longer for the script",
    detail: `it did not end within ${seconds} s, and may still be running there`,
    next: "See what keeps LVM busy there, or raise runTimeoutSeconds in the connection, then run pulumi up again: it goes on where this run ended",
  });
}

/** The server refused the channel, or the connection is gone: in both cases the script was not sent. */
function cannotOpen(host: string, cause: Error & { reason?: unknown }): ConnectionError {
  const [detail, next] =
    cause.reason === undefined
      ? ["the connection was lost before the script was sent", "Check the host and the network, then run it again"]
      : [`no channel could be opened: ${cause.message}`, "Check MaxSessions in sshd_config there, then run it again"];
  return new ConnectionError(host, { detail, next }, { isTransient: true, cause });
}

/** The script was started and ended before its end, by a signal or by a failure outside any step. */
function died(host: string, exitCode: number, sections: readonly Section[]): HostError {
  const last = sections.at(-1);
  return new InterruptedError(host, {
    summary: "Cannot tell how the script ended",
    detail: `it died in section "${last?.label}" with exit code ${exitCode}${last?.stderr ? `: ${last.stderr}` : ""}`,
    next: "Run pulumi up again: it looks at the host first and goes on where this run ended",
  });
}

/** The host ran nothing of the script. */
function cannotStart(host: string, connection: Connection, exitCode: number, stderr: string): ConnectionError {
  const { user } = connection;
  const sudoers = `Add this line on the host with visudo: ${user} ALL=(root) NOPASSWD: /bin/sh -s`;
  const [detail, next] =
    user !== "root" &&
    /password is required|a terminal is required|not in the sudoers|not allowed to execute/.test(stderr)
      ? [`sudo does not let "${user}" run /bin/sh -s without a password`, sudoers]
      : user !== "root" && exitCode === 127
        ? ["sudo is not installed there", "Install sudo, or log in as root"]
        : [
            `the shell ended with exit code ${exitCode}: ${stderr}`,
            `Check that "${user}" has a login shell that runs commands`,
          ];
  return new ConnectionError(host, { detail, next }, { isTransient: false });
}
