# The host's log of what was done to volumes: one JSON object a line, each with the SHA-256 of the line before in "prev".
# It is only ever appended to. A line cut short by a power failure is closed and stays in the chain; as it does not name the
# line before it any more, the next line names that one too, in "lastWhole".

WHOLE_EVENT='^[{].*"prev":"[0-9a-f]{64}"[}]$'

# hash_last: the SHA-256 of the last line on stdin, without its newline; of nothing when there is no line.
hash_last() {
  hash_sum=$(tail -n 1 | tr -d '\n' | sha256sum)
  printf '%s' "${hash_sum%% *}"
}

# event ACTION OUTCOME JSON [NOTE]: appends an event and reports its hash.
# JSON: further members without braces, already encoded. NOTE: plain text of ours, without quotes or backslashes.
# ACTOR, when set, is JSON of the same form: who did it.
event() {
  mkdir -p "$STATE"
  event_log=$STATE/events.jsonl
  (
    exec 8>>"$event_log"
    flock 8
    event_none=0000000000000000000000000000000000000000000000000000000000000000
    event_prev=$event_none event_whole=
    if [ -s "$event_log" ]; then
      # Counted and not compared: a shell variable cannot hold the NUL bytes that a crash may leave.
      if [ "$(tail -c 1 "$event_log" | wc -l)" -eq 0 ]; then printf '\n' >>"$event_log"; fi
      event_prev=$(hash_last <"$event_log")
      if ! tail -n 1 "$event_log" | grep -a -q -E "$WHOLE_EVENT"; then
        event_whole=$event_none
        if grep -a -q -E "$WHOLE_EVENT" "$event_log"; then event_whole=$(grep -a -E "$WHOLE_EVENT" "$event_log" | hash_last); fi
      fi
    fi
    event_line=$(printf '{"time":"%s","action":"%s","outcome":"%s",%s%s%s%s,"prev":"%s"}' \
      "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" "$3" "${ACTOR:+,$ACTOR}" "${4:+,\"note\":\"$4\"}" \
      "${event_whole:+,\"lastWhole\":\"$event_whole\"}" "$event_prev")
    printf '%s\n' "$event_line" >>"$event_log"
    # The line must outlive a power cut before the change that it announces is made.
    sync "$event_log"
    event_hash=$(printf '%s' "$event_line" | sha256sum)
    report event "${event_hash%% *}"
    printf 'MESSAGE=%s\nSYSLOG_IDENTIFIER=pulumi-lvm\nPRIORITY=6\nPULUMI_LVM_HASH=%s\n' "$event_line" "${event_hash%% *}" |
      logger --journald 2>/dev/null || :
  )
}

# begin ACTION JSON: announces a change; from here on, a step that dies is logged as failed.
begin() {
  event "$1" begun "$2"
  begun_action=$1
  begun_json=$2
  trap 'event "$begun_action" failed "$begun_json"' EXIT
}

# finish: the announced change is made.
finish() {
  trap - EXIT
  event "$begun_action" "done" "$begun_json"
}

# refused ACTION JSON NOTE: logs an attempt that is not allowed.
refused() {
  event "$1" refused "$2" "$3"
}

# has_event JSON-TEXT...: true when a whole line of the log holds every text. Finds what an interrupted run did not come to log.
has_event() {
  [ -f "$STATE/events.jsonl" ] || return 1
  event_found=$(grep -a -E "$WHOLE_EVENT" "$STATE/events.jsonl") || return 1
  for event_text in "$@"; do
    event_found=$(printf '%s\n' "$event_found" | grep -F -e "$event_text") || return 1
  done
  # The newest one is the one that the resource points to.
  event_hash=$(printf '%s' "$event_found" | hash_last)
}
