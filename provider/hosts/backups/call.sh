# Calls the backup program for a call that changes nothing which the host's lock protects.
# In:   COMMAND, REQUEST (JSON).
# Out:  report outcome (JSON).
# Exit: 0, or 9 after a "fail" line.

call() {
  call_backup_program "$COMMAND" "$REQUEST"
}
