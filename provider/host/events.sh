# The host's log of what was done to volumes: one JSON object a line, each with the SHA-256 of the line before in "prev".
# It is only ever appended to. A line cut short by a power failure is closed and stays in the chain.

# event ACTION OUTCOME JSON [NOTE]: appends an event and reports its hash.
# JSON: further members without braces, already encoded. NOTE: plain text of ours, without quotes or backslashes.
# ACTOR, when set, is JSON of the same form: who did it.
event() {
  mkdir -p "$STATE"
  event_log=$STATE/events.jsonl
  (
    flock 8
    event_prev=0000000000000000000000000000000000000000000000000000000000000000
    if [ -s "$event_log" ]; then
      if [ -n "$(tail -c 1 "$event_log")" ]; then printf '\n' >>"$event_log"; fi
      event_prev=$(tail -n 1 "$event_log" | tr -d '\n' | sha256sum)
      event_prev=${event_prev%% *}
    fi
    event_line=$(printf '{"time":"%s","action":"%s","outcome":"%s",%s%s%s,"prev":"%s"}' \
      "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" "$3" "${ACTOR:+,$ACTOR}" "${4:+,\"note\":\"$4\"}" "$event_prev")
    printf '%s\n' "$event_line" >>"$event_log"
    # The line must outlive a power cut before the change that it announces is made.
    sync "$event_log"
    event_hash=$(printf '%s' "$event_line" | sha256sum)
    report event "${event_hash%% *}"
    printf 'MESSAGE=%s\nSYSLOG_IDENTIFIER=pulumi-lvm\nPRIORITY=6\nPULUMI_LVM_HASH=%s\n' "$event_line" "${event_hash%% *}" |
      logger --journald 2>/dev/null || :
  ) 8>>"$event_log"
}

# begin ACTION JSON: announces a change; from here on, a step that dies is logged as failed.
begin() {
  event "$1" begun "$2"
  begun_action=$1
  begun_json=$2
  trap 'event "$begun_action" failed "$begun_json"' EXIT
}

# finish [NOTE]: the announced change is made.
finish() {
  trap - EXIT
  event "$begun_action" "done" "$begun_json" "${1:-}"
}

# refused ACTION JSON NOTE: logs an attempt that is not allowed.
refused() {
  event "$1" refused "$2" "$3"
}

# has_event JSON-TEXT...: true when a line of the log holds every text. Finds what an interrupted run did not come to log.
has_event() {
  [ -f "$STATE/events.jsonl" ] || return 1
  event_found=$(grep -F -e "$1" "$STATE/events.jsonl") || return 1
  shift
  for event_text in "$@"; do
    event_found=$(printf '%s\n' "$event_found" | grep -F -e "$event_text") || return 1
  done
  # The newest one is the one that the resource points to.
  event_hash=$(printf '%s' "$event_found" | tail -n 1 | tr -d '\n' | sha256sum)
  event_hash=${event_hash%% *}
}
