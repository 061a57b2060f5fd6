# Runs on a host at boot: attached volumes are active again, and each microVM's file says what its leases say.
main() {
  mkdir -p "$RUN"
  exec 9>"$RUN/lock"
  flock 9
  look
  printf '%s\n' "$lv_rows" | while IFS='|' read -r vg _ _ lv _ _ _ _ _ _ _ tags; do
    if is_tagged attachment "$tags"; then
      # One volume that does not come up must not keep the others down.
      (run lvchange -q -ay "${vg##* }/$lv") || :
    fi
  done 9>&-
  rm -f "$STATE"/attachments/*.json
  printf '%s\n' "$lv_rows" | while IFS='|' read -r _ _ _ _ _ _ _ _ _ _ _ tags; do
    tag_of microvm "$tags"
    echo
  done | sort -u | while read -r name; do
    if [ -n "$name" ]; then write_attachment_file "$name"; fi
  done 9>&-
}

main </dev/null
