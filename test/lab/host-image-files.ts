/** Debian release of the hosts. */
export const release = "bookworm";

/** Packages of a host beyond the minimal system. */
export const packages = [
  "ca-certificates",
  "curl",
  "dbus",
  "dmeventd",
  "e2fsprogs",
  "fuse3",
  "iproute2",
  "jq",
  "kmod",
  "libfuse2",
  "lvm2",
  "openssh-server",
  "procps",
  "python3",
  "python3-fusepy",
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

/** Where a host finds the keys that may log in, for each user. */
export const authorizedKeysFile = "/etc/ssh/lab_authorized_keys";

/** What a host's kernel loads at its start. */
export const kernelModules = ["dm-thin-pool", "dm-snapshot", "dm-crypt", "loop", "fuse"];

/** Files of the image by path, over what the packages bring. */
export const files: Record<string, string> = {
  // LVM knows only the block devices that it lists as types; UML's disks are not among them (lvm.conf(5), devices/types).
  "/etc/lvm/lvmlocal.conf": 'devices {\n\ttypes = [ "ubd", 16 ]\n}\n',
  "/etc/modules-load.d/lab.conf": kernelModules.map((name) => `${name}\n`).join(""),
  "/etc/fstab": "/dev/ubda / ext4 defaults 0 0\n",
  "/etc/resolv.conf": "",
  "/etc/ssh/sshd_config.d/lab.conf": [
    `AuthorizedKeysFile ${authorizedKeysFile}`,
    "HostKey /etc/ssh/ssh_host_ed25519_key",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication yes",
    "AllowTcpForwarding yes",
    "UseDNS no",
    "MaxSessions 20",
    "MaxStartups 100:30:200",
    `Match User ${passwordLogin.user}`,
    "  PubkeyAuthentication no",
    "",
  ].join("\n"),
  // UML has hundreds of terminals that nobody uses: without them a host starts 5 s sooner.
  "/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf": [
    "[Service]",
    "ExecStart=",
    `ExecStart=udevadm trigger --action=add ${["block", "misc", "net"].map((name) => `--subsystem-match=${name}`).join(" ")}`,
    "",
  ].join("\n"),
  // Nothing that is typed at a prompt reaches the hosts, and no mirror can be reached from them.
  "/etc/sudoers.d/lab": ["deploy ALL=(root) NOPASSWD: /bin/sh -s", "nosudo ALL=(root) /bin/sh -s", ""].join("\n"),
};

/** Units that only take time in a host of the lab: each costs 0.2 s to 4 s of a start. */
const idleUnits = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "dev-hugepages.mount",
  "dev-mqueue.mount",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "getty@tty1.service",
  "modprobe@configfs.service",
  "modprobe@drm.service",
  "modprobe@efi_pstore.service",
  "proc-sys-fs-binfmt_misc.automount",
  "serial-getty@.service",
  "sys-kernel-config.mount",
  "systemd-binfmt.service",
  "systemd-logind.service",
  "systemd-network-generator.service",
  "systemd-networkd-wait-online.service",
  "systemd-sysusers.service",
  "systemd-timesyncd.service",
  "systemd-update-utmp-runlevel.service",
  "systemd-update-utmp.service",
];

/** What is done inside the image after the files are there, by /bin/sh in a chroot. */
export const setup = `set -eu
useradd --create-home --shell /bin/bash deploy
useradd --create-home --shell /bin/bash nosudo
useradd --create-home --shell /bin/bash ${passwordLogin.user}
echo '${passwordLogin.user}:${passwordLogin.password}' | chpasswd
chmod 0440 /etc/sudoers.d/lab
visudo --check --quiet
systemctl enable systemd-networkd.service ssh.service
systemctl set-default multi-user.target
systemctl mask ${idleUnits.join(" ")}
rm -rf /etc/ssh/ssh_host_* /etc/machine-id /var/lib/dbus/machine-id /etc/hostname /etc/hosts /var/cache/apt /var/lib/apt/lists
`;
