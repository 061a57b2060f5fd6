# Runs on a host at boot: what ended with the host is reported, and a backup that it ended is made up for.
main() {
  for document in /etc/pulumi-lvm/schedules/*.json; do
    [ -e "$document" ] || continue
    # One that cannot be settled must not keep the others from it; it says why in the journal.
    outcome=$(/usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup settle <"$document") || continue
    schedule=${document##*/}
    if [ "$(printf '%s\n' "$outcome" | outcome_members again)" = true ]; then
      systemctl start --no-block "pulumi-lvm-backup@${schedule%.json}.service" || :
    fi
  done
}

main </dev/null
