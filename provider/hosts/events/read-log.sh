# Shows a piece of the host's event log as it is on the disk, byte for byte.
# In:   FILE (name of the file to go on with, "" for the oldest one; the newest has the name at which it will be put aside), OFFSET (bytes
#       of it that were read before).
# Out:  report piece (base64, in as many lines as it takes), report next (FILE of the next piece, "" when there is none), report offset.
# Exit: 0, or 9 after a "fail" line.

PIECE_BYTES=8388608

read_log() {
  log=$STATE/events.jsonl
  if [ ! -e "$log" ]; then
    report next ""
    return 0
  fi
  lock_to_read
  newest=$(name_aside)
  newest=${newest##*/}
  file=${FILE:-$(files_after "")}
  bytes=$log_bytes
  # What was put aside does not change, and opening it lets go of the lock.
  if [ "$file" != "$newest" ]; then
    exec 8<"$STATE/$file"
    bytes=$(stat -c %s "$STATE/$file")
  fi
  # Neither does what was written up to here: nobody has to wait while it is sent.
  flock -u 8
  end=$((OFFSET + PIECE_BYTES))
  if [ "$end" -lt "$bytes" ]; then
    report next "$file"
  else
    end=$bytes
    report next "$(files_after "$file")"
  fi
  report offset "$((end == bytes ? 0 : end))"
  # Lines of "report", written piece by piece: a log is too long for an argument. 65536 characters are a whole number of bytes.
  tail -c "+$((OFFSET + 1))" <&8 | head -c "$((end - OFFSET))" | base64 -w 65536 | sed 's/.*/{"report":{"piece":"&"}}/'
}

# lock_to_read: opens the newest file as fd 8 and locks it with other readers. Whoever appends waits, so that no line is seen half written.
lock_to_read() {
  while :; do
    exec 8<"$log"
    flock -s -w 10 8 || fail busy "another process has held $log for more than 10 s" "'fuser -v $log' on the host names it"
    if is_newest "$log"; then return 0; fi
  done
}

# files_after FILE: the name of the file that follows, of those put aside and the newest; "" when there is none.
files_after() {
  {
    files_aside | sed 's|.*/||'
    printf '%s\n' "$newest"
  } | awk 'BEGIN { after = ARGV[1]; ARGC = 1 } $0 > after { print; exit }' "$1"
}
