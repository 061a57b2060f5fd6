# Calls the program on the host that makes, restores and verifies backups.

# call_backup_program COMMAND REQUEST: REQUEST is JSON and holds secrets, so it goes by stdin. Prints the program's JSON lines
# (provider/agent/backup/__main__.py), which step-outcome.ts reads as it does those of "report" and "fail".
call_backup_program() {
  program=/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup
  if [ ! -x "$program" ]; then
    fail program "the backup program is not installed there" "Run pulumi up for a stack whose Host is this one; it must not say backups: false"
  fi
  printf '%s' "$2" | "$program" "$1"
}
