# Calls the backup program for a question that changes nothing which the host's lock protects.
# In:   COMMAND, REQUEST (JSON).
# Out:  report outcome (JSON).
# Exit: 0, or 9 after a "fail" line.

ask() {
  call_backup_program "$COMMAND" "$REQUEST"
}
