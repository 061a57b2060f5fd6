import { setTimeout as sleep } from "node:timers/promises";
import { type LabHost, sh, shOk } from "../lab/index.js";

const WAIT_MS = 180_000;

/** Keeps a command of the host from going on, so that a test can act while a script runs it. */
export class Hold {
  readonly #host: LabHost;
  readonly #command: string;

  private constructor(host: LabHost, command: string) {
    this.#host = host;
    this.#command = command;
  }

  /**
   * @param command Name of a command.
   * @param argument Words that its arguments must have in them to be held; any when left out.
   */
  static async on(host: LabHost, command: string, argument = ""): Promise<Hold> {
    // Our scripts look into /usr/local/sbin first.
    await shOk(
      host,
      `touch /run/lab-hold; rm -f /run/lab-held
cat >/usr/local/sbin/${command} <<'END'
#!/bin/sh
case "$*" in
  *'${argument}'*)
    if [ -e /run/lab-hold ]; then echo $$ >/run/lab-held; fi
    while [ -e /run/lab-hold ]; do sleep 0.1; done
    ;;
esac
exec "$(PATH=/usr/sbin:/usr/bin command -v ${command})" "$@"
END
chmod 755 /usr/local/sbin/${command}`,
    );
    return new Hold(host, command);
  }

  /** Waits until a script has come to the command. */
  reached(): Promise<void> {
    return until(
      "a script reaches the held command",
      async () => (await sh(this.#host, "test -s /run/lab-held")).code === 0,
    );
  }

  /** Kills the SSH server's process of the connection over which the script came, as a crash of it would. */
  async killConnection(): Promise<void> {
    await shOk(
      this.#host,
      `pid=$(cat /run/lab-held)
# OpenSSH 9.8 and newer serve each connection by a program of its own, sshd-session.
while :; do
  case $(cat /proc/$pid/comm) in sshd | sshd-session) break ;; esac
  pid=$(sed 's/.*) //' /proc/$pid/stat | cut -d ' ' -f 2)
done
kill -9 $pid`,
    );
  }

  /** Lets the command go on, and takes the hold away. */
  async release(): Promise<void> {
    await shOk(this.#host, `rm -f /run/lab-hold /run/lab-held /usr/local/sbin/${this.#command}`);
  }
}

/** Waits until something holds, three minutes unless told, for a busy machine; polls. */
export async function until(claim: string, holds: () => Promise<boolean>, waitMs = WAIT_MS): Promise<void> {
  for (const deadline = Date.now() + waitMs; !(await holds()); await sleep(200)) {
    if (Date.now() > deadline) throw new Error(`This did not come about within ${waitMs / 1000} s: ${claim}`);
  }
}
