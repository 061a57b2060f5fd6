import type { ClientChannel } from "ssh2";
import type { Connection } from "../../model/connection.js";
import { ConnectionError, type HostError, InterruptedError, ReportError } from "../errors.js";
import type { SshConnection } from "../ssh/ssh.js";
import { LOCK_SECONDS, type Script, type Section, type Step, splitSections } from "./script.js";

/** A report of a whole host with thousands of volumes is a few MB; more than this is not ours. */
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;
/** A longer timer fires at once (Node, setTimeout). Zeroing a volume of 100 TiB may take longer than this: 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a script as root over an open connection: one SSH exec, the script on stdin. Each of its sections has a time of its own,
 * so that neither the wait for a lock nor other steps of the batch count: `runTimeoutSeconds`, and what its step may take beyond.
 * @param steps Those of the script; each is given the lines that it prints, as they come.
 * @returns The sections that it printed, its end included.
 * @throws {ConnectionError} If the host cannot run it as root; nothing was started.
 * @throws {InterruptedError} If the connection or a section's time ended it midway. Other scripts of the connection go on.
 */
export function runScript(
  host: string,
  connection: Connection,
  ssh: SshConnection,
  script: Script,
  steps: readonly Step[],
): Promise<Section[]> {
  return new ScriptRun(host, connection, script, steps).over(ssh);
}

/** One run of a script: what it printed so far, and how it ended. */
class ScriptRun {
  readonly #host: string;
  readonly #connection: Connection;
  readonly #script: Script;
  readonly #steps: readonly Step[];
  /** The step whose section is being printed. */
  #step: Step | undefined;
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (seconds: number) => void = () => {};
  /** What came, in pieces: to join them at each one would take the square of the time. */
  readonly #stdout: string[] = [];
  readonly #stderr: string[] = [];
  #length = 0;
  /** The line of stdout that has not ended yet. */
  #line = "";
  #exitCode: number | undefined;

  constructor(host: string, connection: Connection, script: Script, steps: readonly Step[]) {
    this.#host = host;
    this.#connection = connection;
    this.#script = script;
    this.#steps = steps;
  }

  over(ssh: SshConnection): Promise<Section[]> {
    // The words of sudo are read below, and a user's locale would change them.
    const command = this.#connection.user === "root" ? "/bin/sh -s" : "env LC_ALL=C sudo -n /bin/sh -s";
    return new Promise<Section[]>((resolve, reject) => {
      let end = () => ssh.close();
      this.#giveUp = (seconds) => {
        reject(tooLate(this.#host, seconds));
        end();
      };
      this.#begin("");
      // Only the first outcome counts: a promise is settled once.
      const settle = (outcome: Section[] | Error): void => {
        clearTimeout(this.#timer);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      try {
        ssh.client.exec(command, (error, channel) => {
          if (error !== undefined) return settle(cannotOpen(this.#host, error));
          // Others may work over the same connection.
          end = () => channel.close();
          this.#talk(channel, settle);
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
        this.#take(this.#line);
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

  #take(line: string): void {
    const mark = `@${this.#script.nonce} `;
    if (line.startsWith(mark)) this.#begin(line.slice(mark.length));
    else this.#step?.onLine?.(line);
  }

  /** A section begins: its time counts from now on. */
  #begin(label: string): void {
    const [kind, index] = label.split(" ");
    this.#step = kind === "step" ? this.#steps[Number(index)] : undefined;
    const more = kind === "lock" ? LOCK_SECONDS : (this.#step?.seconds ?? 0);
    const seconds = this.#connection.runTimeoutSeconds + more;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(seconds), Math.min(seconds * 1000, MAX_TIMER_MS));
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
