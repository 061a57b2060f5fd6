# Runs on a host by a timer: removes deleted volumes whose grace period is over, and then what only waited for them.
ACTOR='"actor":{"user":"pulumi-lvm-reap"}'

main() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock 9
  now=$(date +%s)
  look
  printf '%s\n' "$lv_rows" | while IFS='|' read -r _ _ _ _ uuid _ _ _ _ _ _ tags; do
    deadline=$(tag_of reap-after "$tags")
    if [ -n "$deadline" ] && [ "$deadline" -le "$now" ]; then (reap "$uuid") || :; fi
  done 9>&-
  look
  (remove_backup_snapshots) 9>&- || :
  (remove_drills) 9>&- || :
  remove_leaving 9>&-
  leave_if_unused 9>&-
}

reap() {
  look
  find_lv uuid "$1"
  # Looked at again: it may have been adopted, and a device that is open is in use whatever its tags say.
  if [ -z "$(tag_of reap-after)" ] || [ -n "$(tag_of attachment)" ] || [ "$lv_open" = open ]; then return 0; fi
  # A plain volume or a thin one: nothing else is ever deleted as a volume, whatever its tags say (lv_attr in lvs(8)).
  case $lv_attr in
    -* | o* | V*) ;;
    *) return 0 ;;
  esac
  begin reap "$(printf '"volume":"%s","logicalVolume":"%s/%s","uuid":"%s"' "$(tag_of id)" "$lv_vg" "$lv_name" "$lv_uuid")"
  remove_backup_state "$(tag_of id)"
  remove_lv "$lv_vg/$lv_name"
  finish
}

# Pools and volume groups that were removed from their stacks while they held deleted volumes.
remove_leaving() {
  lvs --noheadings --separator '|' -o vg_name,lv_name -S 'lv_tags={"pulumi-lvm.leaving"}' | while IFS='|' read -r vg pool; do
    vg=${vg##* }
    # What cannot be seen is not proof that the pool is empty.
    inside=$(lvs --noheadings -o lv_uuid -S "vg_name=\"$vg\" && pool_lv=\"$pool\"") || continue
    if [ -z "$inside" ]; then (remove_lv "$vg/$pool") || :; fi
  done
  for vg in $(vgs --noheadings -o vg_name -S 'vg_tags={"pulumi-lvm.leaving"} && lv_count=0'); do (remove_vg "$vg") || :; done
  drop_unused_profiles
}

main </dev/null
