# The host's log of what was done to volumes: one JSON object a line, each with the SHA-256 of the line before in "prev".
# It is only ever appended to. A line cut short by a power failure is closed and stays in the chain; as it does not name the
# line before it any more, the next line names that one too, in "lastWhole".
# Its newest lines are in events.jsonl. A file that has grown to EVENT_FILE_BYTES is put aside as events-000001.jsonl, the next one as
# events-000002.jsonl, and so on; the first line of the new file names the last one of the old. Nothing is ever removed.

EVENT_FILE_BYTES=8388608
WHOLE_EVENT='^[{].*"prev":"[0-9a-f]{64}"[}]$'

# hash_last: the SHA-256 of the last line on stdin, without its newline; of nothing when there is no line.
hash_last() {
  hash_sum=$(tail -n 1 | tr -d '\n' | sha256sum)
  printf '%s' "${hash_sum%% *}"
}

# last_whole FILE: its last whole line, found from its end; fails when it has none.
last_whole() {
  tac "$1" | grep -a -m 1 -E "$WHOLE_EVENT"
}

# is_newest FILE: whether fd 8, which is open on FILE, is that file still, and was not put aside meanwhile. Sets log_bytes, the size of FILE.
is_newest() {
  {
    read -r log_inode log_bytes
    read -r log_named _
  } <<END
$(stat -L -c '%i %s' /proc/self/fd/8 "$1")
END
  [ "$log_inode" = "$log_named" ]
}

# files_aside: the files that were put aside, the oldest first.
files_aside() {
  for log_file in "$STATE"/events-[0-9][0-9][0-9][0-9][0-9][0-9].jsonl; do
    if [ -e "$log_file" ]; then printf '%s\n' "$log_file"; fi
  done
}

# name_aside: the path at which events.jsonl is put aside, or was, when a power cut came right after.
name_aside() {
  log_last=$(files_aside | tail -n 1)
  log_number=000000
  if [ -n "$log_last" ]; then
    if [ "$(stat -c %i "$log_last")" = "$(stat -c %i "$STATE/events.jsonl")" ]; then
      printf '%s' "$log_last"
      return 0
    fi
    log_number=${log_last##*-}
    log_number=${log_number%.jsonl}
  fi
  # The 1 before it keeps a shell from reading it as an octal number.
  printf '%s/events-%06d.jsonl' "$STATE" "$((1$log_number - 999999))"
}

# begin_log LINE: puts events.jsonl aside and begins a new one with LINE. At each moment events.jsonl is there and holds the newest line,
# also for a release that knows of no other file: it gets a second name first, and then gives its own to the new one.
begin_log() {
  event_aside=$(name_aside)
  if [ ! -e "$event_aside" ]; then ln "$event_log" "$event_aside"; fi
  sync "$STATE"
  printf '%s\n' "$1" >"$event_log.new"
  sync "$event_log.new"
  mv "$event_log.new" "$event_log"
  sync "$STATE"
}

# is_whole LINE: whether it is a line that event() wrote to its end. Built in: each process costs more than all that the shell does here.
is_whole() {
  case $1 in *[[:cntrl:]]*) return 1 ;; '{'*'"}') ;; *) return 1 ;; esac
  whole_prev=${1##*'"prev":"'}
  whole_prev=${whole_prev%'"}'}
  case $whole_prev in *[!0-9a-f]*) return 1 ;; esac
  [ ${#whole_prev} -eq 64 ]
}

# look_back: sets event_prev to the hash of the last line of event_log, which fd 8 is open on and which has log_bytes, and event_whole to that
# of its last whole line where this is another one. Closes a line that was cut short.
look_back() {
  event_whole=
  event_prev=0000000000000000000000000000000000000000000000000000000000000000
  if [ "$log_bytes" -eq 0 ]; then return 0; fi
  # Nobody has written since this script did.
  if [ "$log_bytes" = "${event_bytes-}" ] && [ "$log_inode" = "$event_inode" ]; then
    event_prev=$event_own
    return 0
  fi
  # The x keeps the newline at the end. A NUL, which a crash may leave and a shell variable cannot hold, becomes another control character.
  event_last=$(tail -n 1 "$event_log" | tr '\0' '\1' && printf x)
  event_last=${event_last%x}
  case $event_last in
    *"
") event_last=${event_last%?} ;;
    *) printf '\n' >>"$event_log" ;;
  esac
  if is_whole "$event_last"; then
    event_prev=$(printf '%s' "$event_last" | sha256sum)
    event_prev=${event_prev%% *}
    return 0
  fi
  event_prev=$(hash_last <"$event_log")
  event_whole=0000000000000000000000000000000000000000000000000000000000000000
  event_last=$(last_whole "$event_log") || :
  if [ -n "$event_last" ]; then event_whole=$(printf '%s' "$event_last" | hash_last); fi
}

# event ACTION OUTCOME JSON [NOTE]: appends an event and reports its hash, which is in event_hash then.
# JSON: further members without braces, already encoded. NOTE: plain text of ours, without quotes or backslashes.
# ACTOR, when set, is JSON of the same form: who did it.
event() {
  if [ ! -d "$STATE" ]; then mkdir -p "$STATE"; fi
  event_log=$STATE/events.jsonl
  event_time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  while :; do
    exec 8>>"$event_log"
    flock 8
    if is_newest "$event_log"; then break; fi
  done
  look_back
  event_line="{\"time\":\"$event_time\",\"action\":\"$1\",\"outcome\":\"$2\",$3${ACTOR:+,$ACTOR}${4:+,\"note\":\"$4\"}"
  event_line="$event_line${event_whole:+,\"lastWhole\":\"$event_whole\"},\"prev\":\"$event_prev\"}"
  event_inode='' event_bytes=''
  if [ "$log_bytes" -ge "$EVENT_FILE_BYTES" ]; then
    begin_log "$event_line"
  else
    printf '%s\n' "$event_line" >>"$event_log"
    if [ -z "$event_whole" ]; then event_inode=$log_inode event_bytes=$((log_bytes + ${#event_line} + 1)); fi
  fi
  # The line must outlive a power cut before the change that it announces is made.
  sync "$event_log"
  event_hash=$(printf '%s' "$event_line" | sha256sum)
  event_hash=${event_hash%% *} event_own=${event_hash%% *}
  report event "$event_hash"
  logger --journald 2>/dev/null <<END || :
MESSAGE=$event_line
SYSLOG_IDENTIFIER=pulumi-lvm
PRIORITY=6
PULUMI_LVM_HASH=$event_hash
END
  exec 8>&-
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

# has_event ACTIONS JSON-TEXT...: whether the newest event of one of ACTIONS (such as "create|adopt") whose line holds every text says that
# the change is made; sets event_hash then. Finds what an interrupted run did not come to log. Each change was announced before it was made,
# so nothing before that is read: the log is, from its end.
has_event() {
  event_found=$(
    {
      printf '%s\n' "$STATE/events.jsonl"
      files_aside | sort -r
    } | while read -r event_file; do
      if [ -e "$event_file" ]; then tac "$event_file" | newest_of "$@" | grep . && break; fi
    done
  ) || return 1
  case $event_found in *'"outcome":"done"'*) event_hash=$(printf '%s' "$event_found" | hash_last) ;; *) return 1 ;; esac
}

# newest_of ACTIONS JSON-TEXT...: of lines on stdin, the newest first, the first whole one that tells of a change and not of a refusal.
newest_of() {
  awk '
    BEGIN { actions = "\"action\":\"(" ARGV[1] ")\",\"outcome\":\"(begun|done|failed)\""; last_text = ARGC - 1; ARGC = 1 }
    $0 !~ actions || !/^[{].*"prev":"[0-9a-f]+"[}]$/ { next }
    { for (text = 2; text <= last_text; text++) if (index($0, ARGV[text]) == 0) next; print; exit }
  ' "$@"
}
