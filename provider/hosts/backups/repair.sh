# Repairs a volume's repository, and says so in the host's log: recovery points go for good.
# In:   REQUEST (JSON that holds secrets), VOLUME (its id), LV (volume group and name), TARGET (as the host's files call it), ACTOR.
# Out:  report outcome (JSON).
# Exit: 0, or 9 after a "fail" line.

repair() {
  begin repair "$(printf '"volume":"%s","logicalVolume":"%s","target":"%s"' "$VOLUME" "$LV" "$TARGET")"
  call_backup_program repair "$REQUEST"
  finish
}
