import { type LabHost, shOk } from "../lab/index.js";

/** Every command with which our scripts change a host. */
const COMMANDS = [
  "vgcreate",
  "vgextend",
  "vgrename",
  "vgchange",
  "vgremove",
  "pvremove",
  "lvcreate",
  "lvchange",
  "lvextend",
  "lvrename",
  "lvremove",
  "mkfs.ext4",
  "mkfs.xfs",
  "blkdiscard",
  "systemd-run",
  "systemctl",
];

/**
 * Puts a wrapper in front of each command on the host. A wrapper runs the command and then, when its turn has come, kills the
 * whole script with SIGKILL: what a power cut after that command leaves behind, without the boot.
 */
export async function installCutter(host: LabHost): Promise<void> {
  const wrapper = [
    "#!/bin/sh",
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin ${0##*/} "$@"',
    "code=$?",
    // A question changes nothing, so there is nothing to be cut after.
    "case $1 in is-* | show) exit $code ;; esac",
    // Also behind the cut: what else was under way in the same up goes on.
    'echo "${0##*/} $*" >>/run/cut-log',
    "left=$(cat /run/cut-after 2>/dev/null || echo 0)",
    '[ "$left" -gt 0 ] || exit $code',
    "left=$((left - 1))",
    "echo $left >/run/cut-after",
    "[ $left -eq 0 ] || exit $code",
    // What runs it may have a session of its own, as the backup program's commands do: the script is what sshd started.
    "top=$$",
    "while :; do",
    "  parent=$(ps -o ppid= $top | tr -d ' ')",
    "  case $parent,$(cat /proc/$parent/comm) in 1,* | *,sshd*) break ;; esac",
    "  top=$parent",
    "done",
    "/bin/kill -9 -- -$(ps -o pgid= $top | tr -d ' ') $$",
    "exit $code",
  ].join("\n");
  await shOk(
    host,
    `cat >/usr/local/sbin/cut-wrapper <<'END'\n${wrapper}\nEND\nchmod 755 /usr/local/sbin/cut-wrapper
for name in ${COMMANDS.join(" ")}; do ln -f /usr/local/sbin/cut-wrapper /usr/local/sbin/$name; done; rm -f /run/cut-after /run/cut-log`,
  );
}

/** Arms the cutter: the next script dies after its nth changing command. 0 disarms it. */
export async function cutAfter(host: LabHost, nth: number): Promise<void> {
  await shOk(host, `rm -f /run/cut-log; echo ${nth} >/run/cut-after`);
}

/** The commands that ran since the cutter was armed. */
export async function commandsRun(host: LabHost): Promise<string[]> {
  return (await shOk(host, "cat /run/cut-log 2>/dev/null || :")).split("\n").filter((line) => line !== "");
}

export async function removeCutter(host: LabHost): Promise<void> {
  await shOk(
    host,
    `for name in cut-wrapper ${COMMANDS.join(" ")}; do rm -f /usr/local/sbin/$name; done; rm -f /run/cut-after /run/cut-log`,
  );
}

/** What matters of a host after an up: what LVM has, without what is new each time, and our files. */
export async function outcomeOn(host: LabHost): Promise<string> {
  const text = await shOk(
    host,
    `lvs -a --noheadings --units b -o lv_name,lv_size,lv_active,lv_autoactivation,pool_lv,lv_tags
pvs --noheadings -o pv_name,vg_name,vg_tags; grep -r '' /var/lib/pulumi-lvm/attachments 2>/dev/null || :; ls /var/lib/pulumi-lvm/released 2>/dev/null || :
grep -r '' /var/lib/pulumi-lvm/owners 2>/dev/null || :
find /usr/local/lib/pulumi-lvm -type f ! -path '*/__pycache__/*' -exec sha256sum '{}' + 2>/dev/null | sort | sha256sum; readlink /usr/local/lib/pulumi-lvm/current || :
cd /etc/systemd/system; set -- $(ls | grep '^pulumi-*lvm' | grep -v '@.*timer' || :); printf '%s\\n' "$@"; [ $# -eq 0 ] || systemctl is-enabled "$@" || :
grep -r '' /etc/pulumi-lvm/max-concurrent-runs /etc/pulumi-lvm/schedules pulumi-lvm-*@*.timer 2>/dev/null | sort; ls timers.target.wants | grep @ || :
systemctl show -p ActiveState -p NeedDaemonReload -p TimersCalendar pulumi-lvm-*@*.timer | sed 's/next_elapse=[^}]*//'`,
  );
  return (
    text
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
      .replace(/pulumi-lvm-backup-[0-9a-f]{8}/g, "pulumi-lvm-backup-ID")
      // Says only whether it was used since it was made, and a taken over one is as good as one that was made at once.
      .replace(/,?pulumi-lvm\.made-by=ID/g, "")
      .replace(/\.deleted\.\d+/g, ".deleted.T")
      .replace(/(reap-after|pulumi-lvm\.(?:deleted|taken))=\d+/g, "$1=T")
      .replace(/[ \t]+/g, " ")
      // The last column is filled up to the longest of its values.
      .replace(/ $/gm, "")
  );
}

type Act = () => Promise<unknown>;

/** Names of the commands of an act that survived its cut, since it has fewer than that. */
type Names = string[];

/** Lets an act die after its nth command, does it again, and compares. Returns undefined when it died. */
async function cutOnce(host: LabHost, nth: number, act: Act, expected: string): Promise<Names | undefined> {
  await cutAfter(host, nth);
  const survived = await act().then(
    () => true,
    () => false,
  );
  const commands = await commandsRun(host);
  await cutAfter(host, 0);
  if (!survived) await act();
  const after = await outcomeOn(host);
  if (after !== expected)
    throw new Error(`After a cut behind command ${nth} (${commands.at(-1)}), up made\n${after}\nand not\n${expected}`);
  return survived ? commands.map((command) => command.split(" ")[0] ?? "") : undefined;
}

const MOST_COMMANDS = 50;

/**
 * Does `act` whole once, for the outcome that counts; then, for n = 1, 2, …, lets it die after its nth command, does it again, and
 * compares. `undo` brings back what was before. Ends when an act survives its cut: then it has fewer commands than n.
 */
export async function cutEverywhere(host: LabHost, act: Act, undo: Act): Promise<Names> {
  await cutAfter(host, 0);
  await act();
  const expected = await outcomeOn(host);
  await undo();
  for (let nth = 1; nth < MOST_COMMANDS; nth += 1) {
    const commands = await cutOnce(host, nth, act, expected);
    await undo();
    if (commands !== undefined) return commands;
  }
  throw new Error(`more than ${MOST_COMMANDS} commands`);
}

/** The same for two acts of which each undoes the other, in half the time: `there` is done first. */
export async function cutThereAndBack(host: LabHost, there: Act, back: Act): Promise<{ there: Names; back: Names }> {
  await cutAfter(host, 0);
  await there();
  const done = await outcomeOn(host);
  await back();
  const undone = await outcomeOn(host);
  const names: { there: Names | undefined; back: Names | undefined } = { there: undefined, back: undefined };
  for (let nth = 1; nth < MOST_COMMANDS; nth += 1) {
    if (names.there === undefined) names.there = await cutOnce(host, nth, there, done);
    else await there();
    if (names.back === undefined) names.back = await cutOnce(host, nth, back, undone);
    else await back();
    if (names.there !== undefined && names.back !== undefined) return { there: names.there, back: names.back };
  }
  throw new Error(`more than ${MOST_COMMANDS} commands`);
}
