# What a host needs: what it lacks, what is too old there, and what installs packages. Changes nothing.

# install_command FILE: what installs packages, by os-release(5) in FILE; nothing for a family that we do not know.
install_command() {
  if [ ! -r "$1" ]; then return 0; fi
  families=
  while IFS='=' read -r key value || [ -n "$key" ]; do
    case $key in ID | ID_LIKE) ;; *) continue ;; esac
    value=${value#[\"\']}
    families="$families ${value%[\"\']}"
  done <"$1"
  for family in $families; do
    case $family in
      debian | ubuntu) echo apt-get install ;;
      rhel | fedora) echo dnf install ;;
      suse) echo zypper install ;;
      arch) echo pacman -S ;;
      *) continue ;;
    esac
    return
  done
}

# list_missing: a line for each command that the host lacks, with the package that brings it there.
list_missing() {
  install=${install-$(install_command /etc/os-release)}
  while read -r command package; do
    if has_command "$command"; then continue; fi
    case "$install $package" in
      "dnf install thin-provisioning-tools") package="device-mapper-persistent-data" ;;
      "pacman -S python3"*) package=python${package#python3} ;;
    esac
    printf '%s %s\n' "$command" "$package"
  done <<'END'
lvm lvm2
thin_check thin-provisioning-tools
systemctl systemd
flock util-linux
blkid util-linux
blkdiscard util-linux
mkfs.ext4 e2fsprogs
mkfs.xfs xfsprogs
restic restic
python3 python3
pyfuse3 python3-pyfuse3
END
}

has_command() {
  if [ "$1" != pyfuse3 ]; then
    command -v "$1" >/dev/null
    return
  fi
  # A module of Python, found by its files: to let Python look for it takes longer than all else here.
  for file in /usr/lib*/python3*/*-packages/pyfuse3* /usr/local/lib*/python3*/*-packages/pyfuse3*; do
    if [ -e "$file" ]; then return 0; fi
  done
  return 1
}

# list_outdated: a line for each program that is too old: its name, its version and the lowest that will do.
list_outdated() {
  {
    # The first that can switch auto-activation off for one volume (lvm2 WHATS_NEW).
    show_version lvm2 2.03.12 lvm version
    # The oldest that is tested.
    show_version thin-provisioning-tools 0.9.0 thin_delta --version
    show_version restic 0.14.0 restic version
    # Older ones cannot load the backup program.
    show_version python3 3.10 python3 --version
  } | awk '
    function number(version, part) { split(version, part, "."); return part[1] * 1000000 + part[2] * 1000 + part[3] }
    {
      name = $1; lowest = $2; $1 = $2 = ""
      if (!match($0, /[0-9]+(\.[0-9]+)+/)) next
      version = substr($0, RSTART, RLENGTH)
      # The first ones in Rust have a thin_delta that leaves changes out (thin-provisioning-tools, pull request 271).
      if (name == "thin-provisioning-tools" && number(version) >= number("1.0.0")) lowest = "1.0.6"
      if (number(version) < number(lowest)) print name, version, lowest
    }'
}

# show_version NAME LOWEST COMMAND...: one line, which ends with what the command says of its version.
show_version() {
  name=$1 lowest=$2
  shift 2
  if has_command "$1"; then printf '%s %s %s\n' "$name" "$lowest" "$("$@" 2>/dev/null | tr '\n' ' ')"; fi
}
