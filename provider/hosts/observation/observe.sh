# Shows the host as it is, in sections that observation.ts reads. Changes nothing.
observe() {
  section machine
  read -r machine_id </etc/machine-id || [ -n "$machine_id" ]
  printf '%s\n' "$machine_id"
  section lvm
  if command -v lvm >/dev/null; then
    # One command, so that all volume groups are seen at one moment each.
    lvm fullreport --all --units b --nosuffix --reportformat json \
      --configreport vg -o vg_name,vg_uuid,vg_size,vg_free,vg_extent_size,vg_tags,vg_exported,vg_shared,vg_partial \
      --configreport pv -o pv_name,pv_uuid,pv_size,vg_name \
      --configreport lv -o lv_name,lv_uuid,lv_size,lv_layout,lv_role,lv_active,lv_device_open,lv_autoactivation,lv_tags,pool_lv,origin,origin_size,lv_permissions,data_percent,lv_snapshot_invalid,lv_metadata_size,lv_profile \
      --configreport pvseg -o pvseg_start --configreport seg -o lv_uuid,chunk_size,zero
  fi
  section disks
  lsblk --json --bytes --paths --output NAME,KNAME,TYPE,SIZE,FSTYPE,PTTYPE,MOUNTPOINT,PKNAME 2>/dev/null || :
  section links
  # Programs name disks by links that stay; lsblk knows the kernel's names.
  find /dev/disk -type l -printf '%p %l\n' 2>/dev/null || :
  section install
  install=$(install_command /etc/os-release)
  printf '%s\n' "$install"
  section missing
  list_missing
  section owners
  if [ -d "$STATE/owners" ]; then grep -r '' "$STATE/owners" || :; fi
  section 'run limits'
  if [ -d /etc/pulumi-lvm/max-concurrent-runs ]; then grep -r '' /etc/pulumi-lvm/max-concurrent-runs || :; fi
  section programs
  ls -1 /usr/local/lib/pulumi-lvm 2>/dev/null || :
  section schedules
  observe_schedules
}

# list_signatures: a line "DISK WORD" for each thing that lies on a disk of which lsblk says nothing. wipefs also names signatures that
# contradict each other; for lsblk and blkid such a disk is as empty as a new one. A disk that it cannot read has the word "unreadable".
list_signatures() {
  lsblk --noheadings --pairs --paths --output NAME,TYPE,FSTYPE,PTTYPE 2>/dev/null | while IFS= read -r row; do
    case $row in
      *' TYPE="lvm"'* | *' TYPE="rom"'*) continue ;;
      *' FSTYPE="" PTTYPE=""') ;;
      *) continue ;;
    esac
    disk=${row#NAME=\"}
    disk=${disk%%\"*}
    words=$(wipefs --no-act --noheadings --output TYPE "$disk" 2>/dev/null) || words=unreadable
    for word in $words; do printf '%s %s\n' "$disk" "$word"; done
  done
}

# observe_schedules: the owner of each schedule of backups, a digest of each of its files, and which of its timers are enabled and active.
observe_schedules() {
  set --
  for file in /etc/pulumi-lvm/schedules/*.owner /etc/pulumi-lvm/schedules/*.json /etc/systemd/system/pulumi-lvm-*@*.timer; do
    if [ -f "$file" ]; then set -- "$@" "$file"; fi
  done
  for file in /etc/systemd/system/timers.target.wants/pulumi-lvm-*@*.timer; do
    if [ -L "$file" ]; then printf 'enabled %s\n' "${file##*/}"; fi
  done
  if [ $# -eq 0 ]; then return 0; fi
  for file in "$@"; do
    case $file in *.owner)
      IFS= read -r schedule_owner <"$file" || :
      schedule_id=${file##*/}
      printf 'owner %s %s\n' "${schedule_id%.owner}" "$schedule_owner"
      ;;
    esac
  done
  sha256sum -- "$@" | while read -r digest file; do printf 'file %s %s\n' "${file##*/}" "$digest"; done
  # Only what systemd has loaded can be active, and only that fits a pattern.
  systemctl show -p Id -p ActiveState 'pulumi-lvm-*@*.timer' 2>/dev/null || :
}
