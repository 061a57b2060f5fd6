# Taking away what is ours: a deleted volume, what backups keep of one, an empty volume group. What is removed was looked at before, under the
# host's lock (logical-volume.sh).

# remove_backup_state ID: removes what backups of a volume keep on the host: snapshots, the record of the base, status and metrics.
# A snapshot that is open belongs to a backup under way, which removes it itself; if it dies, the reaper does.
remove_backup_state() {
  remove_backup_snapshots "$1"
  remove_drills "$1"
  rm -rf "${STATE:?}/backups/$1"
  rm -f "$STATE/metrics/pulumi_lvm_backup_$1"_*.prom
}

# remove_backup_snapshots [ID]: of one volume, or of all that are not on the host any more.
remove_backup_snapshots() {
  case $lv_rows in *pulumi-lvm.backup-of=*) ;; *) return 0 ;; esac
  printf '%s\n' "$lv_rows" | while IFS='|' read -r row_vg _ _ row_name _ _ _ _ row_open _ _ row_tags; do
    is_tagged backup-of "$row_tags" || continue
    row_id=$(tag_of backup-of "$row_tags")
    if [ "$row_open" = open ]; then continue; fi
    if [ $# -eq 1 ]; then
      [ "$row_id" = "$1" ] || continue
    else
      case "$lv_rows" in *"pulumi-lvm.id=$row_id"*) continue ;; esac
    fi
    # Whatever else it is called, a volume of its own is no snapshot of ours.
    if is_tagged id "$row_tags" || is_tagged owner "$row_tags" || is_tagged attachment "$row_tags"; then continue; fi
    run lvremove -q -y "${row_vg##* }/$row_name"
  done
}

# remove_drills [ID]: the scratch volumes of dead drills, of one volume or of all. Who holds the lease is alive (backup/scratch_volume.py).
remove_drills() {
  case $lv_rows in *pulumi-lvm.drill-of=*) ;; *) return 0 ;; esac
  printf '%s\n' "$lv_rows" | while IFS='|' read -r row_vg _ _ row_name _ _ _ _ _ _ _ row_tags; do
    is_tagged drill-of "$row_tags" || continue
    row_id=$(tag_of drill-of "$row_tags")
    if [ "$row_id" != "${1:-$row_id}" ]; then continue; fi
    if is_tagged id "$row_tags" || is_tagged owner "$row_tags" || is_tagged attachment "$row_tags"; then continue; fi
    (
      flock -n 8 || exit 0
      # That drill may have ended since the host was looked at.
      lvs "${row_vg##* }/$row_name" >/dev/null 2>&1 || exit 0
      # A check of its file system is a service of its own, and may have outlived it.
      systemctl stop "$row_name.service" >/dev/null 2>&1 || :
      run lvremove -q -y "${row_vg##* }/$row_name" 8>&-
    ) 8>>"$RUN/drill-$row_id.lock"
  done
}

# remove_lv VG/LV: removes one logical volume, or thin pool. Without -y: LVM asks before it takes anything along, such as the volumes of a
# pool or the snapshots of an origin, and nobody answers.
remove_lv() {
  run lvchange -q -an "$1"
  run lvremove -q "$1"
}

# is_removable: whether the volume at hand may go as a deleted one. A plain volume or a thin one (lv_attr in lvs(8)): nothing else is ever
# deleted as a volume, whatever its tags say. It may have been adopted, and a device that is open is in use whatever its tags say.
is_removable() {
  if ! is_tagged reap-after || is_tagged attachment || [ "$lv_open" = open ]; then return 1; fi
  case $lv_attr in
    -* | o* | V*) return 0 ;;
    *) return 1 ;;
  esac
}

# describe_deleted: the deleted volume at hand, as a member of an event.
describe_deleted() {
  printf '"volume":"%s","logicalVolume":"%s/%s","uuid":"%s"' "$(tag_of id)" "$lv_vg" "$lv_name" "$lv_uuid"
}

# remove_deleted ACTION: removes the deleted volume at hand, and what backups kept of it on the host.
remove_deleted() {
  begin "$1" "$(describe_deleted)"
  remove_backup_state "$(tag_of id)"
  remove_lv "$lv_vg/$lv_name"
  finish
}

# remove_vg VG: removes an empty volume group of ours, and the labels that its disks got.
# The disks are noted first: without the volume group nothing else says which labels were ours.
remove_vg() {
  mkdir -p "$STATE/released"
  disks=$(pvs --noheadings -o pv_name -S "vg_name=\"$1\"") || fail vg "the disks of volume group \"$1\" cannot be seen" "Look at them with 'pvs -a'"
  printf '%s\n' "$disks" | tr -d ' ' >"$STATE/released/$1"
  sync "$STATE/released/$1"
  # Without -y, as in remove_lv: what came to lie in it meanwhile would go along.
  run vgremove -q "$1"
  release_disks "$1"
}

# release_disks VG: finishes a removal that was cut short.
release_disks() {
  [ -f "$STATE/released/$1" ] || return 0
  while read -r disk; do
    free=$(pvs --noheadings -o pv_name -S "pv_name=\"$disk\" && vg_name=\"\"") ||
      fail vg "disk \"$disk\" of volume group \"$1\", which is gone, cannot be seen" "Look at it with 'pvs -a', then run it again"
    if [ -n "$free" ]; then run pvremove -q -y "$disk"; fi
  done <"$STATE/released/$1"
  rm -f "$STATE/released/$1"
}

# drop_unused_profiles: removes our profiles that no thin pool uses any more.
drop_unused_profiles() {
  used=$(lvs --noheadings -o lv_profile) || return 0
  for file in /etc/lvm/profile/pulumi-lvm-*.profile; do
    [ -e "$file" ] || continue
    name=${file##*/}
    case $used in *"${name%.profile}"*) ;; *) rm -f "$file" ;; esac
  done
}
