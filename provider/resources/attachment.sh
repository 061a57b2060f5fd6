# Gives one microVM the exclusive lease on a volume, or ends the lease. The lease is a set of tags on the logical volume,
# set in one command under the host's lock: that is what makes it exclusive.
# In:   ID (of the attachment), IS_NEW (yes on create), OWNER (value of the owner tag), HELD (identities that resources of the state hold,
#       space-separated), VOLUME_ID, VG (where it was declared), MICROVM, DRIVE,
#       ROOT (yes or no), ACTOR (JSON).
# Out:  report id, report event.
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  locate
  refuse_taken_drive
  if ! is_tagged attachment; then lease; fi
  sync_drive
  if [ "$lv_active" != active ]; then run lvchange -q -ay "$lv_vg/$lv_name"; fi
  look
  write_attachment_file "$MICROVM"
  report id "$ID"
  report_event
}

describe() {
  printf '"volume":"%s","logicalVolume":"%s/%s","uuid":"%s","attachment":"%s","microVm":"%s","owner":"%s"' \
    "$VOLUME_ID" "$lv_vg" "$lv_name" "$lv_uuid" "$ID" "$MICROVM" "$OWNER"
}

locate() {
  look
  find_lv id "$VOLUME_ID"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    fail gone "volume $VOLUME_ID is not on this host" "Run 'pulumi refresh'; a volume is attached only on the host that holds it"
  fi
  if is_tagged reap-after; then
    fail deleted "volume \"$lv_vg/$lv_name\" is deleted and waits for its removal" "Bring it back with adopt: \"$lv_uuid\" on a Volume"
  fi
  holder=$(tag_of attachment)
  if [ -n "$holder" ] && [ "$holder" != "$ID" ] && ! is_left_lease; then
    refused attach "$(describe)" "held by $holder"
    fail leased "volume \"$lv_vg/$lv_name\" is attached to microVM \"$(tag_of microvm)\" by $(tag_of lease-owner)" \
      "A volume is attached to at most one microVM: remove that Attachment first"
  fi
  refuse_unfinished
}

# refuse_taken_drive: what Firecracker refuses when the microVM starts is refused here, under the host's lock. As taken-drive.ts at preview.
refuse_taken_drive() {
  while IFS='|' read -r row_vg _ _ row_name _ _ _ _ _ _ _ row_tags; do
    if [ "$(tag_of id "$row_tags")" = "$VOLUME_ID" ]; then continue; fi
    case ",$row_tags," in *",pulumi-lvm.microvm=$MICROVM,"*) ;; *) continue ;; esac
    taken="microVM \"$MICROVM\" has volume \"${row_vg##* }/$row_name\" as"
    if [ "$(tag_of drive "$row_tags")" = "$DRIVE" ]; then
      fail drive "$taken drive \"$DRIVE\" already" "Set another driveId; one that another Attachment lets go of is free in the next run"
    fi
    if [ "$ROOT" = yes ] && [ "$(tag_of root "$row_tags")" = yes ]; then
      fail root "$taken its root device already" "Set isRootDevice on one of its Attachments alone; what another one lets go of is free in the next run"
    fi
  done <<END
$lv_rows
END
}

# is_left_lease: true for what a create of this resource left that was cut: the same volume for the same microVM. It gets a new id, so that
# whatever else knows it finds it gone.
is_left_lease() {
  case " $HELD " in *" $holder "*) return 1 ;; esac
  [ "$IS_NEW" = yes ] && [ "$(tag_of lease-owner)" = "$OWNER" ] && [ "$(tag_of microvm)" = "$MICROVM" ]
}

lease() {
  if [ "$lv_open" = open ]; then
    refused attach "$(describe)" "in use"
    fail open "logical volume \"$lv_vg/$lv_name\" is in use by something that has no lease" \
      "Stop it ('fuser -v /dev/$lv_vg/$lv_name' and 'dmsetup ls --tree' show it), then run it again"
  fi
  begin attach "$(describe)"
  set --
  # Now it is used: see volume.sh.
  if is_tagged made-by; then set -- --deltag "pulumi-lvm.made-by=$(tag_of made-by)"; fi
  run lvchange -q "$@" --addtag "pulumi-lvm.attachment=$ID" --addtag "pulumi-lvm.lease-owner=$OWNER" \
    --addtag "pulumi-lvm.microvm=$MICROVM" --addtag "pulumi-lvm.drive=$DRIVE" --addtag "pulumi-lvm.root=$ROOT" "$lv_vg/$lv_name"
  run lvchange -q -ay "$lv_vg/$lv_name"
  lv_active=active
  finish
  lease_event=$event_hash
  lv_tags=$lv_tags,pulumi-lvm.attachment=$ID,pulumi-lvm.lease-owner=$OWNER,pulumi-lvm.drive=$DRIVE,pulumi-lvm.root=$ROOT
}

sync_drive() {
  set --
  for wanted in "attachment=$ID" "lease-owner=$OWNER" "drive=$DRIVE" "root=$ROOT"; do
    key=${wanted%%=*}
    is=$(tag_of "$key")
    if [ "$key=$is" = "$wanted" ]; then continue; fi
    if [ -n "$is" ]; then set -- "$@" --deltag "pulumi-lvm.$key=$is"; fi
    set -- "$@" --addtag "pulumi-lvm.$wanted"
  done
  if [ $# -gt 0 ]; then run lvchange -q "$@" "$lv_vg/$lv_name"; fi
}

report_event() {
  if [ "$IS_NEW" != yes ]; then return 0; fi
  if [ -n "${lease_event-}" ]; then
    report event "$lease_event"
  elif ! has_event attach "\"attachment\":\"$ID\""; then
    event attach "done" "$(describe)"
  else
    report event "$event_hash"
  fi
}

remove() {
  look
  find_lv id "$VOLUME_ID"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    write_attachment_file "$MICROVM"
    return 0
  fi
  if [ "$(tag_of attachment)" != "$ID" ]; then
    write_attachment_file "$MICROVM"
    return 0
  fi
  end_lease detach "$(describe)"
}
