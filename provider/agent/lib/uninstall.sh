# Takes what we installed off a host, once nobody needs it.

# leave_if_unused: removes programs, units and records after the last owner left and the last deleted volume was reaped.
# The log goes too; the journal keeps its copy. Lock files stay: who waits for one holds what no other can find once its name is gone. They are
# empty, and in /run, so the next boot has none.
leave_if_unused() {
  if [ -d "$STATE/owners" ]; then
    owners=$(ls -A "$STATE/owners") || return 0
    if [ -n "$owners" ]; then return 0; fi
  fi
  # What cannot be seen may hold deleted volumes: then all stays, and the reaper asks again in an hour.
  lv_kept=$(lvs --noheadings -o lv_tags) || return 0
  vg_kept=$(vgs --noheadings -o vg_tags) || return 0
  case $lv_kept in *pulumi-lvm.reap-after* | *pulumi-lvm.leaving* | *pulumi-lvm.attachment*) return 0 ;; esac
  case $vg_kept in *pulumi-lvm.leaving*) return 0 ;; esac
  # Schedules first: none may start a backup of what goes now. One that runs is waited for, it tidies up.
  # A service that removes itself must not be stopped by this: only what starts it goes.
  systemctl stop 'pulumi-lvm-*@*.timer' 'pulumi-lvm-*@*.service' pulumilvm.slice pulumi-lvm-reap.timer >&2 2>/dev/null || :
  # What backups and drills kept of volumes that stay here without an owner.
  left=$(lvs --noheadings -o lv_full_name,lv_tags) || return 0
  printf '%s\n' "$left" | awk '/pulumi-lvm\.(backup|drill)-of=/ && !/pulumi-lvm\.(id|owner|attachment)=/ { print $1 }' | while read -r snapshot; do
    lvremove -q -y "$snapshot" >&2 || :
  done
  systemctl disable --quiet --no-reload pulumi-lvm-reap.timer pulumi-lvm-reactivate.service pulumi-lvm-settle.service >&2 2>/dev/null || :
  # A power cut may have left a unit that systemctl does not understand, and so does not disable.
  rm -f /etc/systemd/system/pulumi-lvm-* /etc/systemd/system/pulumilvm.slice /etc/systemd/system/*.wants/pulumi-lvm-*
  systemctl daemon-reload
  systemctl reset-failed 'pulumi-lvm-*@*' >&2 2>/dev/null || :
  rm -f /var/lib/systemd/timers/stamp-pulumi-lvm-*
  rm -rf /usr/local/lib/pulumi-lvm /etc/pulumi-lvm "$STATE"
  find "$RUN" -mindepth 1 ! -name '*lock' -delete || :
}
