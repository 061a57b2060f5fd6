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

# outcome_members PATH...: members of the outcome with which the program's lines on stdin end, a line each; PATH is such as recoveryPoint.id.
outcome_members() {
  python3 -E -s -c '
import json, sys
outcome = json.loads(sys.stdin.read().splitlines()[-1])["outcome"]
for path in sys.argv[1:]:
    value = outcome
    for name in path.split("."):
        value = value[name]
    print(value if isinstance(value, str) else json.dumps(value))
' "$@"
}
