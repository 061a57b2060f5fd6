import type { BackupHost } from "./backup-host.js";

/** Every command that a backup runs, in front of which a test can put something. */
export const COMMANDS = ["lvcreate", "lvchange", "lvremove", "dmsetup", "thin_delta", "restic", "umount"];

/** Faults of the commands that a backup runs on a host. */
export function faultsOn(on: BackupHost) {
  /** Takes the wrappers away. */
  const disarm = () =>
    on.sh(`rm -f /run/lab-fault*; for name in lab-fault ${COMMANDS.join(" ")}; do rm -f /usr/local/sbin/$name; done`);

  /** The nth command of the next backup meets a fault. */
  const arm = (fault: "kill" | "hold", nth: number) =>
    on.sh(
      `rm -f /run/lab-fault-log /run/lab-fault-held; echo ${fault} >/run/lab-fault; echo ${nth} >/run/lab-fault-after`,
    );
  return { armWrappers: () => armWrappers(on), arm, disarm };
}

/**
 * Puts a wrapper in front of each command: when its turn has come, it does what a test wants to the program that runs it, before or
 * after the command itself.
 */
async function armWrappers(on: BackupHost): Promise<void> {
  const wrapper = `#!/bin/sh
name=\${0##*/}
left=$(cat /run/lab-fault-after 2>/dev/null || echo 0)
if [ "$left" -eq 0 ]; then PATH=/usr/sbin:/usr/bin:/sbin:/bin exec "$name" "$@"; fi
echo "$name $*" >>/run/lab-fault-log
echo $((left - 1)) >/run/lab-fault-after
if [ "$left" -gt 1 ]; then PATH=/usr/sbin:/usr/bin:/sbin:/bin exec "$name" "$@"; fi
case $(cat /run/lab-fault) in
  kill)
    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$name" "$@"
    code=$?
    kill -9 $PPID
    exit $code ;;
  hold)
    touch /run/lab-fault-held
    sleep 600 ;;
esac`;
  await on.sh(
    `cat >/usr/local/sbin/lab-fault <<'END'\n${wrapper}\nEND\nchmod 755 /usr/local/sbin/lab-fault
for name in ${COMMANDS.join(" ")}; do ln -f /usr/local/sbin/lab-fault /usr/local/sbin/$name; done`,
  );
}
