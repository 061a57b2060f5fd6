#!/bin/sh
# Tells what is on a host, for "nothing is left, and what was there before is untouched".
# Out: one line on stdout for each thing, sorted.
# Exit: 0.
set -eu
LC_ALL=C
export LC_ALL

main() {
  {
    pvs --noheadings --options pv_name,pv_uuid,pv_tags,vg_name | sed 's/^ */pv /'
    vgs --noheadings --options vg_name,vg_uuid,vg_tags | sed 's/^ */vg /'
    lvs --all --noheadings --options vg_name,lv_name,lv_uuid,lv_tags | sed 's/^ */lv /'
    dmsetup ls | sed -n '/^No devices/!s/^\([^\t]*\).*/dm \1/p'
    paths /etc/pulumi-lvm /var/lib/pulumi-lvm /usr/local/lib/pulumi-lvm /run/pulumi-lvm /etc/lvm/profile /usr/local/sbin
    find /etc/systemd/system /run/systemd \( -name 'pulumi-lvm-*' -o -name 'pulumilvm.*' \) ! -path '*/units/*' 2>/dev/null | sed 's/^/unit /'
    awk '$1 ~ "^/" || $2 ~ "pulumi-lvm" { print "mount " $1 " " $2 " " $3 }' /proc/self/mounts
  } | sed 's/ *$//' | sort
}

# Each file and directory with its type, mode, owner and size, and each file with its digest too. Locks are not counted: they stay until the
# next boot, for whoever waits for one.
paths() {
  find "$@" ! -path /run/pulumi-lvm ! -path '/run/pulumi-lvm/*lock' -printf 'path %p %y %m %u:%g %l\n' 2>/dev/null || :
  find "$@" ! -path '/run/pulumi-lvm/*lock' -type f -exec sha256sum '{}' + 2>/dev/null | sed 's/^/sha256 /' || :
}

main </dev/null
