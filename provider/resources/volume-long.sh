# Does what takes long for a volume: zeroing, restoring, making and growing a file system. Runs outside the host's lock, under one of the volume.
# In:   ID, VG, LV (its name when it is whole), FILE_SYSTEM (none, ext4, xfs), SOURCE (id of the volume whose backup it is made from, or ""),
#       RESTORE (request to the backup program, when SOURCE is given).
# Out:  report grown (yes when only the guest can grow the file system).
# Exit: 0, or 9 after a "fail" line.

long_step() {
  look
  find_lv id "$ID"
  if [ -z "$lv_uuid" ]; then fail gone "volume $ID is not there any more" "Run 'pulumi refresh'"; fi
  wanted_name=$LV
  VG=$lv_vg LV=$lv_name
  device=/dev/$VG/$LV
  run lvchange -q -ay "$VG/$LV"
  if has_tag pulumi-lvm.pending=zero; then
    run blkdiscard -z "$device"
    run lvchange -q --deltag pulumi-lvm.pending=zero "$VG/$LV"
  fi
  if has_tag pulumi-lvm.pending=restore; then restore; fi
  if has_tag pulumi-lvm.pending=mkfs; then
    # The tag says that no file system was ever finished here, so whatever is found is our own half.
    case $FILE_SYSTEM in
      ext4) run mkfs.ext4 -q -F "$device" ;;
      xfs) run mkfs.xfs -q -f "$device" ;;
    esac
    run lvchange -q --deltag pulumi-lvm.pending=mkfs --addtag "pulumi-lvm.fs=$FILE_SYSTEM" "$VG/$LV"
  fi
  if has_tag pulumi-lvm.pending=grow; then grow_file_system; fi
  release_device
}

# hold_host, release_host: the host's lock for a moment, and the volume as it is then. An Attachment comes before that or after it.
# udev opens a device for a moment after it was written to: that is nobody's use of it.
hold_host() {
  udevadm settle --timeout=30 || :
  exec 9>>"$RUN/lock"
  lock_or_fail "$RUN/lock" 600
  look
  find_lv id "$ID"
  if [ -z "$lv_uuid" ]; then fail gone "volume $ID is not there any more" "Run 'pulumi refresh'"; fi
}

release_host() {
  exec 9>&-
}

# A file system that is attached is the guest's to grow. While it grows here, the mark keeps it from being attached.
grow_file_system() {
  hold_host
  if is_tagged attachment || [ "$lv_open" = open ]; then
    release_host
    return 0
  fi
  run lvchange -q --addtag pulumi-lvm.pending=resize "$VG/$LV" 9>&-
  release_host
  # 1: what a crash of the guest had left was put right (e2fsck(8)).
  # shellcheck disable=SC2016 # for the other shell
  confined "$device" /bin/sh -c 'e2fsck -f -p "$1" || [ $? -eq 1 ]' sh "$device"
  confined "$device" resize2fs "$device"
  run lvchange -q --deltag pulumi-lvm.pending=grow --deltag pulumi-lvm.pending=resize "$VG/$LV"
}

# release_device: switches the volume off, unless somebody has got it meanwhile.
release_device() {
  hold_host
  if ! is_tagged attachment; then run lvchange -q -an "$VG/$LV" 9>&-; fi
  release_host
}

# restore: fills the volume, which the program compares with the manifest, and only then gives it its name.
restore() {
  if [ -z "$SOURCE" ]; then
    fail source "its restore was never finished, and the program names no source any more" \
      "Set source again, or delete the volume: what it holds is not whole"
  fi
  if (find_lv path "$VG/$wanted_name" && [ -n "$lv_uuid" ]); then
    fail foreign "logical volume \"$VG/$wanted_name\" exists already, so what is restored cannot take that name" "Choose another name"
  fi
  # What it prints is shown as it comes, and read at its end.
  output=$RUN/restore-$ID.out
  exec 4>&1
  restore_rc=$({ { call_backup_program restore "$RESTORE" && rc=0 || rc=$?; echo "$rc" >&3; } | tee "$output" >&4; } 3>&1)
  exec 4>&-
  if [ "$restore_rc" != 0 ]; then
    rm -f "$output"
    exit 9
  fi
  point=$(outcome_members recoveryPoint.id <"$output")
  size=$(outcome_members sizeBytes <"$output")
  rm -f "$output"
  set -- --deltag pulumi-lvm.pending=restore --addtag "pulumi-lvm.restored=$point"
  if [ "$FILE_SYSTEM" != none ]; then set -- "$@" --addtag "pulumi-lvm.fs=$FILE_SYSTEM"; fi
  if [ "$lv_size" -gt "$size" ]; then
    case $FILE_SYSTEM in
      ext4)
        set -- "$@" --addtag pulumi-lvm.pending=grow
        lv_tags=$lv_tags,pulumi-lvm.pending=grow
        ;;
      xfs) report grown yes ;;
    esac
  fi
  # Whole from here on: cut before it has its name, the next run gives it that.
  run lvchange -q "$@" "$VG/$LV"
  run lvchange -q -an "$VG/$LV"
  run lvrename -q "$VG" "$LV" "$wanted_name"
  LV=$wanted_name
  device=/dev/$VG/$LV
  run lvchange -q -ay "$VG/$LV"
}
