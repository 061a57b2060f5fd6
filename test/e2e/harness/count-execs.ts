import { closeConnections, type LabHost, shOk } from "../../lab/index.js";

const VERBOSE = "/etc/ssh/sshd_config.d/verbose.conf";

/** Has the host's sshd log each exec, which it does at level VERBOSE, while `isOn`. */
export async function logExecs(host: LabHost, isOn: boolean): Promise<void> {
  const change = isOn ? `mkdir -p /etc/ssh/sshd_config.d; echo 'LogLevel VERBOSE' >${VERBOSE}` : `rm -f ${VERBOSE}`;
  await shOk(host, `${change}; systemctl restart ssh`);
  // A connection keeps the level that it began with.
  await closeConnections(host);
}

/** Runs something and counts the SSH execs that the host's own sshd has seen meanwhile; see {@link logExecs}. */
export async function countExecs(host: LabHost, run: () => Promise<unknown>): Promise<number> {
  const mark = (
    await shOk(host, "journalctl --sync; journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p'")
  ).trim();
  await run();
  // By its name and not by its unit: pam_systemd gives each session a unit of its own, and newer releases a program.
  const log = await shOk(
    host,
    `journalctl --sync; journalctl -t sshd -t sshd-session --after-cursor='${mark}' -o cat --no-pager`,
  );
  // The one that asks is logged too.
  return log.split("\n").filter((line) => /Starting session: command/.test(line)).length - 1;
}
