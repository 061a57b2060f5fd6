/** Packages of a host beyond the minimal system, of the same names in every release. */
export const packages = [
  "ca-certificates",
  "curl",
  "dbus",
  "dmeventd",
  "e2fsprogs",
  "iproute2",
  "jq",
  "kmod",
  // As Debian's installer has it: a login is a session of logind.
  "libpam-systemd",
  "lvm2",
  "openssh-server",
  "procps",
  "python3",
  "python3-pyfuse3",
  "restic",
  "sudo",
  "systemd-sysv",
  "thin-provisioning-tools",
  "udev",
  "util-linux",
  "xfsprogs",
];

/** The user that logs in with a password; the hosts are reachable from the lab's own namespace only. */
export const passwordLogin = { user: "pw", password: "lab-password" };

/** Where sshd looks for the keys that may log in: the file of each user who logs in with the lab's key. */
export const authorizedKeysFiles = ["/root", "/home/deploy", "/home/nosudo"].map(
  (home) => `${home}/.ssh/authorized_keys`,
);

/** What hosts need of their kernel; all of it is loaded when it is first used, as on any machine. */
export const kernelModules = ["dm-thin-pool", "dm-snapshot", "dm-crypt", "loop", "fuse"];

/**
 * Files of the image by path, over what the packages bring: what User-mode Linux needs and what the tests' users are. All
 * else stays as Debian ships it, sshd's, LVM's and systemd's settings too, so that what passes here passes on users' hosts.
 */
export const files: Record<string, string> = {
  // LVM knows only the block devices that it lists as types; UML's disks are not among them (lvm.conf(5), devices/types).
  "/etc/lvm/lvmlocal.conf": 'devices {\n\ttypes = [ "ubd", 16 ]\n}\n',
  // UML's root disk.
  "/etc/fstab": "/dev/ubda / ext4 defaults 0 0\n",
  // No name server can be reached from the hosts: all names are in /etc/hosts.
  "/etc/resolv.conf": "",
  // UML has hundreds of terminals that nobody uses: without them a host starts 5 s sooner.
  "/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf": [
    "[Service]",
    "ExecStart=",
    `ExecStart=udevadm trigger --action=add ${["block", "misc", "net"].map((name) => `--subsystem-match=${name}`).join(" ")}`,
    "",
  ].join("\n"),
  "/etc/sudoers.d/lab": ["deploy ALL=(root) NOPASSWD: /bin/sh -s", "nosudo ALL=(root) /bin/sh -s", ""].join("\n"),
};

/** Units that wait for what User-mode Linux does not have, or for what cannot be reached. */
const maskedUnits = [
  // Terminals that somebody could type at.
  "getty@tty1.service",
  "serial-getty@.service",
  // Screens and firmware.
  "modprobe@drm.service",
  "modprobe@efi_pstore.service",
  // A mirror.
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
];

/** What is done inside the image after the files are there, by /bin/sh in a chroot. */
export const setup = `set -eu
useradd --create-home --shell /bin/bash deploy
useradd --create-home --shell /bin/bash nosudo
useradd --create-home --shell /bin/bash ${passwordLogin.user}
echo '${passwordLogin.user}:${passwordLogin.password}' | chpasswd
install -d -m 0700 /root/.ssh
install -d -m 0700 -o deploy -g deploy /home/deploy/.ssh
install -d -m 0700 -o nosudo -g nosudo /home/nosudo/.ssh
chmod 0440 /etc/sudoers.d/lab
visudo --check --quiet
systemctl enable systemd-networkd.service ssh.service
systemctl set-default multi-user.target
systemctl mask ${maskedUnits.join(" ")}
rm -rf /etc/ssh/ssh_host_* /etc/machine-id /var/lib/dbus/machine-id /etc/hostname /etc/hosts /var/cache/apt /var/lib/apt/lists
`;
