# Registers a stack as an owner of the host and installs the programs that run there by themselves.
# In:   IS_NEW (yes on create), OWNER (text), OWNER_FILE (its file name), DIGEST (of the programs), VERSION (of this package), FILES (of each a
#       line "@name", and its own lines with a space before each), FOLDERS (that the files lie in), EXECUTABLES (names of those that are run), BACKUPS (yes or no),
#       MAX_RUNS (how many scheduled runs may go at a time), SUPPORTED (where there is all that a host needs).
# Out:  report id (machine-id).
# Exit: 0, or 9 after a "fail" line.

LIBRARY=/usr/local/lib/pulumi-lvm
UNITS=/etc/systemd/system
# The lowest of the numbers there counts (scheduling/turn.py).
RUN_LIMITS=/etc/pulumi-lvm/max-concurrent-runs

reconcile() {
  refuse_missing
  refuse_outdated
  register
  note_run_limit
  install_programs
  switch_programs
  report id "$(cat /etc/machine-id)"
}

refuse_missing() {
  missing=$(list_missing)
  if [ "$BACKUPS" != yes ]; then missing=$(printf '%s\n' "$missing" | grep -v -e '^restic ' -e '^python3 ' -e '^pyfuse3 ') || :; fi
  if [ -z "$missing" ]; then return 0; fi
  commands=$(printf '%s\n' "$missing" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  packages=$(printf '%s\n' "$missing" | cut -d ' ' -f 2 | sort -u | tr '\n' ' ')
  install=$(install_command /etc/os-release)
  next="Install what is missing with: $install ${packages% }"
  if [ -z "$install" ]; then next=$SUPPORTED; fi
  fail missing "it lacks ${commands% }" "$next"
}

refuse_outdated() {
  outdated=$(list_outdated)
  if [ "$BACKUPS" != yes ]; then outdated=$(printf '%s\n' "$outdated" | grep '^lvm2 ') || :; fi
  if [ -z "$outdated" ]; then return 0; fi
  fail old "$(printf '%s\n' "$outdated" | awk '{ printf "%sit has %s %s and needs %s or newer", join, $1, $2, $3; join = "; " }')" "$SUPPORTED"
}

register() {
  mkdir -p "$STATE/owners" "$STATE/unconfirmed"
  record="$DIGEST $OWNER"
  if [ "$IS_NEW" = yes ]; then
    forget_unconfirmed
    : >"$STATE/unconfirmed/$OWNER_FILE"
  else
    rm -f "$STATE/unconfirmed/$OWNER_FILE"
  fi
  if [ -f "$STATE/owners/$OWNER_FILE" ] && [ "$(cat "$STATE/owners/$OWNER_FILE")" = "$record" ]; then return 0; fi
  printf '%s\n' "$record" >"$STATE/owners/.$OWNER_FILE"
  sync "$STATE/owners/.$OWNER_FILE"
  mv "$STATE/owners/.$OWNER_FILE" "$STATE/owners/$OWNER_FILE"
}

# forget_unconfirmed: what creates of this Host left that were cut, and that no state knows. A registration counts as unconfirmed until
# something else is made on the Host, or it is updated: one of another stack that only has the same name stays.
forget_unconfirmed() {
  for mark in "$STATE/unconfirmed"/*; do
    noted=$STATE/owners/${mark##*/}
    if [ -f "$noted" ] && [ "$(cut -d ' ' -f 2- "$noted")" != "$OWNER" ]; then continue; fi
    rm -f "$noted" "$mark" "$RUN_LIMITS/${mark##*/}"
  done
}

note_run_limit() {
  if [ -f "$RUN_LIMITS/$OWNER_FILE" ] && [ "$(cat "$RUN_LIMITS/$OWNER_FILE")" = "$MAX_RUNS" ]; then return 0; fi
  mkdir -p "$RUN_LIMITS"
  printf '%s\n' "$MAX_RUNS" >"$RUN_LIMITS/.$OWNER_FILE"
  sync "$RUN_LIMITS/.$OWNER_FILE"
  mv "$RUN_LIMITS/.$OWNER_FILE" "$RUN_LIMITS/$OWNER_FILE"
}

# Each set of programs has a folder of its own, complete or absent. One process writes all files: they are many.
install_programs() {
  if [ -d "$LIBRARY/$DIGEST" ]; then return 0; fi
  rm -rf "$LIBRARY/.new"
  (
    umask 022
    mkdir -p "$LIBRARY/.new"
    cd "$LIBRARY/.new"
    # shellcheck disable=SC2086 # names
    mkdir -p $FOLDERS
    printf '%s\n' "$VERSION" >version
    printf '%s\n' "$FILES" | awk '/^@/ { close(file); file = substr($0, 2); printf "" >file; next } { print substr($0, 2) >file }'
    # shellcheck disable=SC2086 # names
    chmod 755 $EXECUTABLES
  )
  sync -f "$LIBRARY/.new"
  mv "$LIBRARY/.new" "$LIBRARY/$DIGEST"
}

# Stacks with different releases share a host: the newest release's programs run.
switch_programs() {
  current=$(readlink "$LIBRARY/current") || current=
  if [ -n "$current" ] && [ -f "$LIBRARY/$current/version" ] && [ "$current" != "$DIGEST" ]; then
    newest=$(printf '%s\n%s\n' "$(cat "$LIBRARY/$current/version")" "$VERSION" | sort -V | tail -n 1)
    if [ "$newest" != "$VERSION" ]; then return 0; fi
  fi
  if [ "$current" != "$DIGEST" ]; then
    ln -s "$DIGEST" "$LIBRARY/.current"
    mv -T "$LIBRARY/.current" "$LIBRARY/current"
  fi
  changed=
  for unit in "$LIBRARY/$DIGEST"/*.service "$LIBRARY/$DIGEST"/*.timer "$LIBRARY/$DIGEST"/*.slice; do
    if ! cmp -s "$unit" "$UNITS/${unit##*/}"; then
      (umask 022 && cp "$unit" "$UNITS/${unit##*/}")
      changed=yes
    fi
  done
  set -- pulumi-lvm-reactivate.service pulumi-lvm-settle.service pulumi-lvm-reap.timer
  # It succeeds when one of them is enabled, so its lines are counted.
  enabled=$(systemctl is-enabled "$@" 2>/dev/null | grep -c -x enabled) || :
  if [ "$enabled" != $# ]; then run systemctl enable --quiet --no-reload "$@"; fi
  # Also true after a cut between a unit and its reload.
  case $changed$(systemctl show -p NeedDaemonReload 'pulumi-lvm-*') in *yes*) run systemctl daemon-reload ;; esac
  if ! systemctl is-active --quiet pulumi-lvm-reap.timer; then run systemctl start pulumi-lvm-reap.timer; fi
  # What a power cut empties is never written again: the digest of its folder says that all is there.
  if [ -n "$changed" ]; then sync -f "$UNITS"; fi
}

remove() {
  rm -f "$RUN_LIMITS/$OWNER_FILE" "$STATE/owners/$OWNER_FILE" "$STATE/unconfirmed/$OWNER_FILE"
  leave_if_unused
  if [ ! -d "$LIBRARY" ]; then return 0; fi
  # Another owner may still use this set; the one that runs stays in any case.
  current=$(readlink "$LIBRARY/current") || current=
  users=$(find "$STATE/owners" -type f -exec cat '{}' +) || return 0
  case $users in "$DIGEST "* | *"
$DIGEST "*) return 0 ;; esac
  if [ "$current" != "$DIGEST" ]; then rm -rf "${LIBRARY:?}/$DIGEST"; fi
}
