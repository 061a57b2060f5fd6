# Installs the schedule of a volume's backups, or takes it away: a document that every run gets, and a timer for each kind of run.
# The document comes first and the timers last, so that no cut leaves a timer without what its run needs.
# In:   ID, IS_NEW (yes on create), OWNER (text), HELD (identities that resources of the state hold, space-separated), VOLUME_ID,
#       VG (where it was declared), TARGET (as the host's files call it),
#       DOCUMENT (JSON that lacks the schedule's id; holds secrets), BACKUP_TIMER, PRUNE_TIMER, DRILL_TIMER (texts of units, or "").
# Out:  report id.
# Exit: 0, or 9 after a "fail" line.

SCHEDULES=/etc/pulumi-lvm/schedules
UNITS=/etc/systemd/system
WANTS=$UNITS/timers.target.wants

reconcile() {
  locate
  refuse_without_services
  is_changed='' is_reload_due=''
  document="${DOCUMENT%?},\"schedule\":\"$ID\"}"
  sync_document
  # Before the timers, so that a delete of the volume finds the guard from the first run on.
  call_backup_program settle "$document"
  sync_timers
  if [ -n "$is_changed" ]; then sync -f "$UNITS"; fi
  report id "$ID"
}

locate() {
  if [ "$IS_NEW" = yes ]; then drop_left; fi
  look
  find_lv id "$VOLUME_ID"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    fail gone "volume $VOLUME_ID is not on this host" "Run 'pulumi refresh'; a schedule is on the host that holds its volume"
  fi
  refuse_unfinished
}

# drop_left: takes away what creates of this resource left that were cut: the same volume and the same owner. What else knows it finds it gone.
drop_left() {
  { grep -l -s -x -F -e "$OWNER" "$SCHEDULES"/*.owner || :; } | while read -r file; do
    left=${file##*/} left=${left%.owner}
    case " $HELD " in *" $left "*) continue ;; esac
    # Cut before its document was written it has no timers, either.
    if [ -e "$SCHEDULES/$left.json" ] && ! grep -q -F -e "\"id\":\"$VOLUME_ID\"" "$SCHEDULES/$left.json"; then continue; fi
    drop_timers "$left"
    drop_files "$left"
  done
}

refuse_without_services() {
  for kind in backup prune drill; do
    if [ -e "$UNITS/pulumi-lvm-$kind@.service" ]; then continue; fi
    fail program "the service pulumi-lvm-$kind@ is not installed there" "Run pulumi up for the Host first, with this release of pulumi-lvm"
  done
}

# put FILE TEXT: makes a file hold the text, in one step. A file that does is left alone.
put() {
  if printf '%s\n' "$2" | cmp -s - "$1"; then return 0; fi
  printf '%s\n' "$2" >"$1.new"
  sync "$1.new"
  mv "$1.new" "$1"
  is_changed=yes
}

sync_document() {
  mkdir -p "$SCHEDULES"
  put "$SCHEDULES/$ID.owner" "$OWNER"
  put "$SCHEDULES/$ID.json" "$document"
  if [ -n "$is_changed" ]; then sync "$SCHEDULES"; fi
}

sync_timers() {
  wanted=
  for kind in backup prune drill; do
    unit=pulumi-lvm-$kind@$ID.timer
    text=$(timer_of "$kind")
    if [ -n "$text" ]; then wanted="$wanted $unit"; fi
    sync_timer "$unit" "$text"
  done
  # Also true after a cut between a unit and its reload.
  # shellcheck disable=SC2086 # one word a unit
  if [ -z "$is_reload_due" ] && systemctl show -p NeedDaemonReload $wanted | grep -q =yes; then is_reload_due=yes; fi
  if [ -n "$is_reload_due" ]; then run systemctl daemon-reload; fi
  for unit in $wanted; do
    if ! systemctl is-active --quiet "$unit"; then run systemctl start "$unit"; fi
  done
}

timer_of() {
  case $1 in
    backup) printf '%s' "$BACKUP_TIMER" ;;
    prune) printf '%s' "$PRUNE_TIMER" ;;
    drill) printf '%s' "$DRILL_TIMER" ;;
  esac
}

# sync_timer UNIT TEXT: the unit's file and whether it is enabled; the reload and the start follow. Removes it when TEXT is "".
sync_timer() {
  if [ -z "$2" ]; then
    drop_timer "$1"
    return 0
  fi
  # systemd reads a unit that is new to it by itself; sync_timers asks it whether it knows an old one.
  if [ -e "$UNITS/$1" ] && [ ! -L "$WANTS/$1" ]; then is_reload_due=yes; fi
  if ! printf '%s\n' "$2" | cmp -s - "$UNITS/$1"; then
    # Stopped first: one that does not catch up would take its new times for missed ones.
    if systemctl is-active --quiet "$1"; then run systemctl stop "$1"; fi
    umask 022
    put "$UNITS/$1" "$2"
    umask 077
  fi
  if [ ! -L "$WANTS/$1" ]; then
    run systemctl enable --quiet --no-reload "$1"
    is_changed=yes
  fi
}

drop_timer() {
  if systemctl is-active --quiet "$1"; then run systemctl stop "$1"; fi
  if [ ! -e "$UNITS/$1" ] && [ ! -L "$WANTS/$1" ]; then return 0; fi
  rm -f "$WANTS/$1" "$UNITS/$1" "/var/lib/systemd/timers/stamp-$1"
  is_changed=yes is_reload_due=yes
}

# In a destroy the volume is next, and its guard trusts what is noted of its backups: this is the last time that somebody can ask.
inspect() {
  program=/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup
  if [ ! -e "$SCHEDULES/$ID.json" ] || [ ! -x "$program" ]; then return 0; fi
  # A store that does not answer leaves the note as it is, and a schedule that can be deleted.
  if ! timeout 120 "$program" inspect <"$SCHEDULES/$ID.json" >/dev/null 2>&1; then return 0; fi
}

# drop_timers ID: a run that is under way goes on to its end, as it has read the document.
drop_timers() {
  is_changed='' is_reload_due=''
  for kind in backup prune drill; do drop_timer "pulumi-lvm-$kind@$1.timer"; done
  if [ -n "$is_reload_due" ]; then run systemctl daemon-reload; fi
}

drop_files() {
  rm -f "$SCHEDULES/$1".* "$UNITS/pulumi-lvm-"*"@$1.timer.new"
}

remove() {
  drop_timers "$ID"
  inspect
  drop_files "$ID"
  # Nobody runs these backups any more: nothing may go on saying that they are late.
  rm -f "$STATE/metrics/pulumi_lvm_backup_${VOLUME_ID}_$TARGET.prom"
  sync -f "$UNITS"
}
