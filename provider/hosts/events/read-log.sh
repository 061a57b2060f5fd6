# Shows the host's event log as it is on the disk, byte for byte.
# In:   nothing.
# Out:  report log (base64; "" when there is no log).
# Exit: 0, or 9 after a "fail" line.

read_log() {
  log=$STATE/events.jsonl
  if [ ! -e "$log" ]; then
    report log ""
    return 0
  fi
  (
    exec 8<"$log"
    # Shared with other readers. Whoever appends waits, so that no line is seen half written.
    flock -s -w 10 8 || fail busy "another process has held $log for more than 10 s" "'fuser -v $log' on the host names it"
    # A line of "report", written piece by piece: a log is too long for an argument.
    printf '{"report":{"log":"'
    base64 -w 0 "$log"
    printf '"}}\n'
  )
}
