# Comes first in every script that a host runs.
# In:   NONCE, a random word that no output can hold by chance.
# Out:  sections on stdout and stderr, each opened by a line "@NONCE label".
# Exit: 0 when the script reached its end; what each step did is in its section.
# In braces: an "export" whose line was cut short would print what it finds.
{
  set -eu
  export LC_ALL=C LVM_SUPPRESS_FD_WARNINGS=1
  # /usr/local/sbin comes first so that an administrator's own wrapper of an LVM command is honoured.
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  umask 077
  STATE=/var/lib/pulumi-lvm
  RUN=/run/pulumi-lvm
}

section() {
  printf '\n@%s %s\n' "$NONCE" "$1"
  printf '\n@%s %s\n' "$NONCE" "$1" >&2
}

# json_text TEXT: TEXT as a string of JSON. Control characters become "?": what a host brings along must not steer a terminal.
json_text() {
  case $1 in
    *[\\\"[:cntrl:]]*) printf '"%s"' "$(printf '%s' "$1" | tr '[:cntrl:]' '?' | sed 's/[\\"]/\\&/g')" ;;
    *) printf '"%s"' "$1" ;;
  esac
}

# What a step says are lines of JSON, as those of the backup program (backup/__main__.py); step-outcome.ts reads both.

# fail CODE DETAIL NEXT: ends the step. CODE is a word; NEXT tells the user what to do.
fail() {
  printf '{"failure": {"code": "%s", "detail": %s, "next": %s}}\n' "$1" "$(json_text "$2")" "$(json_text "$3")"
  exit 9
}

# run COMMAND...: a command whose failure ends the step and is reported by name, with its exit code.
run() {
  if "$@" >&2; then return 0; else rc=$?; fi
  fail_command "$rc" "$@"
}

# fail_command EXIT_CODE COMMAND...: ends the step for a command that failed; what that printed is told with it.
fail_command() {
  rc=$1
  shift
  printf '{"failure": {"code": "command", "exitCode": %s, "detail": %s}}\n' "$rc" "$(json_text "\"$*\" ended with exit code $rc")"
  exit 9
}

# report KEY VALUE: a fact for the program that sent the script.
report() {
  case $2 in
    *[\\\"[:cntrl:]]*) printf '{"report": {"%s": %s}}\n' "$1" "$(json_text "$2")" ;;
    # The usual case, without another process.
    *) printf '{"report": {"%s": "%s"}}\n' "$1" "$2" ;;
  esac
}

# expect_machine ID: refuses to act on another machine. An empty ID is not compared (the host is not known yet).
expect_machine() {
  read -r machine_id </etc/machine-id || [ -n "$machine_id" ]
  if [ -n "$1" ] && [ "$1" != "$machine_id" ]; then
    fail machine "the machine there has machine-id $machine_id, and this resource belongs to machine-id $1" \
      "Set the address of the machine that holds it; if the machine was replaced for good, remove its resources from the state with 'pulumi state delete'"
  fi
}

# confirm_registration IDENTITY: something that stands on the Host is being made, so that the state has the Host (host.sh).
confirm_registration() {
  if [ -n "$1" ] && [ -e "$STATE/unconfirmed/$1" ]; then rm -f "$STATE/unconfirmed/$1"; fi
}

# lock_or_fail FILE SECONDS: locks fd 9, which is open on FILE; waits for another run that holds it.
lock_or_fail() {
  if ! flock -w "$2" 9; then
    fail busy "another run has held the lock $1 for more than $2 s" \
      "Wait for the other deployment to end; 'fuser -v $1' on the host names its process"
  fi
}
