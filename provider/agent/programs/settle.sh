# Runs on a host at boot: what ended with the host is reported, and a backup that it ended is made up for.
main() {
  for document in /etc/pulumi-lvm/schedules/*.json; do
    [ -e "$document" ] || continue
    # One that cannot be settled must not keep the others from it; it says why in the journal.
    PULUMI_LVM_AT_BOOT=yes /usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup settle <"$document" >/dev/null || :
  done
}

main </dev/null
