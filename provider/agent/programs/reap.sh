# Runs on a host by a timer: removes deleted volumes whose grace period is over, and then what only waited for them.
ACTOR='"actor":{"user":"pulumi-lvm-reap"}'
DAY=86400
WEEK=604800

main() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock 9
  now=$(date +%s)
  look
  due=$(list_due)
  if trust_clock; then
    for uuid in $due; do (reap "$uuid") 9>&- || :; done
  elif [ -n "$due" ]; then
    doubt
  fi
  look
  (remove_backup_snapshots) 9>&- || :
  (remove_drills) 9>&- || :
  (remove_leaving) 9>&- || :
  leave_if_unused 9>&-
}

# list_due: the UUIDs of deleted volumes whose grace period is over by the clock.
list_due() {
  printf '%s\n' "$lv_rows" | while IFS='|' read -r _ _ _ _ uuid _ _ _ _ _ _ tags; do
    deadline=$(tag_of reap-after "$tags")
    if [ -n "$deadline" ] && [ "$deadline" -le "$now" ]; then echo "$uuid"; fi
  done
}

reap() {
  look
  find_lv uuid "$1"
  if is_removable; then remove_deleted reap; fi
}

# trust_clock: whether the time is plausible. A clock that is wrong at boot would end all grace periods at once. It is believed when a time
# server has set it; when it is at most a day ahead of where it was last believed, plus the time that the host has been up since; or when it
# has stood as it is for a week without a reboot: somebody would have noticed by then. Sets seen, the time up to which it would be believed.
trust_clock() {
  is_new_doubt=
  read -r uptime _ </proc/uptime
  uptime=${uptime%%.*}
  read -r boot </proc/sys/kernel/random/boot_id
  read_seen
  if [ "$now" -gt "$seen" ] && ! is_synchronized && ! has_stood; then
    # What is logged from now on has the time that is doubted, and must not vouch for it.
    if [ ! -s "$STATE/clock" ]; then note clock "$((seen - DAY)) $boot $uptime" || :; fi
    return 1
  fi
  rm -f "$STATE/clock-doubted"
  note clock "$now $boot $uptime" || :
}

read_seen() {
  seen='' seen_boot='' seen_uptime=''
  if [ -s "$STATE/clock" ]; then
    read -r seen seen_boot seen_uptime <"$STATE/clock" || :
  else
    # The first run ever: the newest event tells when somebody was here.
    newest=$(last_whole "$STATE/events.jsonl" | sed -n 's/^{"time":"\([0-9TZ:-]*\)".*/\1/p')
    if [ -n "$newest" ]; then seen=$(date -d "$newest" +%s) || seen=; fi
  fi
  since=$uptime
  if [ "$boot" = "$seen_boot" ]; then since=$((uptime - seen_uptime)); fi
  seen=$((${seen:-0} + since + DAY))
}

# The kernel's word, whatever sets the clock: chrony, ntpd, systemd-timesyncd. Setting it by hand takes that back (adjtimex(2)).
is_synchronized() {
  [ "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)" = yes ]
}

# has_stood: whether the doubted clock has gone like the uptime for a week. Sets is_new_doubt where it is doubted for the first time.
has_stood() {
  doubt_boot='' doubt_uptime=0 doubt_offset=0
  if [ -s "$STATE/clock-doubted" ]; then read -r doubt_boot doubt_uptime doubt_offset <"$STATE/clock-doubted" || :; fi
  moved=$((now - uptime - doubt_offset))
  if [ "$doubt_boot" != "$boot" ] || [ "${moved#-}" -gt 3600 ]; then
    is_new_doubt=yes
    note clock-doubted "$boot $uptime $((now - uptime))"
    return 1
  fi
  [ "$((uptime - doubt_uptime))" -ge "$WEEK" ]
}

# note FILE TEXT: writes a file of the state in one step.
note() {
  mkdir -p "$STATE"
  printf '%s\n' "$2" >"$STATE/$1.new"
  sync "$STATE/$1.new"
  mv "$STATE/$1.new" "$STATE/$1"
}

# doubt: says each time that nothing is removed and why, and once in the log.
doubt() {
  why="the clock says $(date -u -d "@$now" +%Y-%m-%dT%H:%MZ) and is believed up to $(date -u -d "@$seen" +%Y-%m-%dT%H:%MZ)"
  printf 'No deleted volume is removed: %s. A time server or a week without a reboot confirms it\n' "$why" >&2
  if [ -z "$is_new_doubt" ]; then return 0; fi
  for uuid in $due; do
    find_lv uuid "$uuid"
    refused reap "$(describe_deleted)" "$why"
  done
}

# Pools and volume groups that were removed from their stacks while they held deleted volumes. What cannot be seen is not proof that one is empty.
remove_leaving() {
  pools=$(lvs --noheadings --separator '|' -o vg_name,lv_name -S 'lv_tags={"pulumi-lvm.leaving"}') || return 0
  printf '%s\n' "$pools" | while IFS='|' read -r vg pool; do
    if [ -z "$pool" ]; then continue; fi
    vg=${vg##* }
    inside=$(lvs --noheadings -o lv_uuid -S "vg_name=\"$vg\" && pool_lv=\"$pool\"") || continue
    if [ -z "$inside" ]; then (remove_lv "$vg/$pool") || :; fi
  done
  groups=$(vgs --noheadings -o vg_name -S 'vg_tags={"pulumi-lvm.leaving"} && lv_count=0') || return 0
  for vg in $groups; do (remove_vg "$vg") || :; done
  drop_unused_profiles
}

main </dev/null
