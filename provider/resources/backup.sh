# Makes a recovery point of a volume, or forgets one.
# In:   ID (of the Backup), VOLUME_ID, VG (where it was declared), REKEY, BACKUP and FORGET (requests to the backup program, or "").
# Out:  report id, report outcome (JSON).
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  look
  find_lv id "$VOLUME_ID"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    fail gone "volume $VOLUME_ID is not on this host" "Run 'pulumi refresh'; a backup is made on the host that holds the volume"
  fi
  refuse_unfinished
  report id "$ID"
}

long_step() {
  # First: a backup with the new password needs it.
  if [ -n "$REKEY" ]; then
    rekey_failed=
    answer=$(call_backup_program rekey "$REKEY") || rekey_failed=yes
    if [ -n "$rekey_failed" ]; then
      printf '%s\n' "$answer"
      exit 9
    fi
  fi
  if [ -n "$BACKUP" ]; then call_backup_program backup "$BACKUP"; fi
}

forget() {
  call_backup_program forget "$FORGET"
}
