#!/bin/sh
# Brings a host back to nothing of ours: devices and mounts on the lab's disks, programs, units, files.
# In: DISKS, block devices apart by spaces; all that is on them is lost.
# Out: one line on stdout for each thing that was found.
# Exit: 0 when nothing is on the disks and nothing holds them, another status otherwise.
set -eu
LC_ALL=C
export LC_ALL

main() {
  stop_units
  unmount_ours
  remove_devices
  wipe_disks
  remove_files
}

stop_units() {
  units=$(systemctl list-units --all --plain --no-legend 'pulumi-lvm-*' | awk '{ print $1 }')
  files=$(find /etc/systemd/system /run/systemd \( -name 'pulumi-lvm-*' -o -name 'pulumilvm.*' \) ! -path '*/units/*' 2>/dev/null || :)
  [ -n "$units$files" ] || return 0
  for name in $units; do
    echo "unit $name"
    # A program that hangs in a stopped device does not end by SIGTERM.
    systemctl kill --signal=KILL "$name" 2>/dev/null || :
    systemctl stop "$name" || :
  done
  for file in $files; do
    echo "unit file $file"
    rm -rf "$file"
  done
  systemctl daemon-reload
  systemctl reset-failed 'pulumi-lvm-*' 2>/dev/null || :
}

# Mounts in our directories, and of whatever lies on the lab's disks. The innermost goes first.
unmount_ours() {
  {
    awk '$2 ~ "^(/run|/var/lib)/pulumi-lvm(/|$)" { print $2 }' /proc/self/mounts
    list_block MOUNTPOINTS | sed 's/\\x0a/\n/g' | sed -n '/^\//p'
  } | sort -r -u | while IFS= read -r escaped; do
    # Spaces come as \040 from the kernel and as \x20 from lsblk.
    target=$(printf '%b' "$escaped" | sed 's/\\x20/ /g')
    echo "mount $target"
    umount "$target" || umount --lazy "$target"
  done
}

remove_devices() {
  names=$(list_block NAME,TYPE | awk '$2 != "disk" && $2 != "part" { sub("^/dev/mapper/", "", $1); print $1 }' | sort -u)
  [ -n "$names" ] || return 0
  for name in $names; do echo "device $name"; done
  # A suspended device would hold whoever opens it, for ever.
  on_names dmsetup resume || :
  # Deferred: the kernel removes each when the last that lies on it is gone, so the order does not matter.
  on_names dmsetup remove --deferred || :
  tries=0
  while still=$(dmsetup ls | cut -f1 | grep -xF "$names"); do
    tries=$((tries + 1))
    if [ "$tries" -gt 20 ]; then
      echo "something holds these devices: $still" >&2
      return 1
    fi
    sleep 0.2
  done
}

on_names() {
  printf '%s\n' "$names" | xargs "$@"
}

wipe_disks() {
  # shellcheck disable=SC2086 # a list
  set -- $DISKS
  wipefs --noheadings --output DEVICE,TYPE "$@" | sed 's/^/signature /'
  wipefs --all --force --quiet "$@"
}

remove_files() {
  # LVM's copies of its metadata, of the volume groups that were on these disks.
  for disk in $DISKS; do
    printf 'device = "%s"\n' "$disk"
  done | grep -rlF -f - /etc/lvm/archive /etc/lvm/backup 2>/dev/null | xargs -r rm -f
  for path in /etc/pulumi-lvm /var/lib/pulumi-lvm /usr/local/lib/pulumi-lvm /run/pulumi-lvm \
    /etc/lvm/profile/pulumi-lvm-* /usr/local/sbin/pulumi-lvm*; do
    [ -e "$path" ] || continue
    echo "files $path"
    rm -rf "$path"
  done
  # What a test writes to a volume that is not active becomes a file in place of its device, and the next one reads that.
  find /dev -xdev -mindepth 2 -type f | while IFS= read -r path; do
    echo "files $path"
    rm -f "$path"
    rmdir "${path%/*}" 2>/dev/null || :
  done
}

list_block() {
  # shellcheck disable=SC2086 # a list
  lsblk --noheadings --raw --paths --output "$1" $DISKS
}

main </dev/null
