# Lets go of a volume: keeps it for its grace period, leaves it alone, or removes it at once.
# In:   ID, IDENTITY, OWNER (value of the owner tag), VG (where it was last), POLICY (tombstone, retain, delete), GRACE (seconds),
#       UNVERIFIED (yes when it may be deleted without a verified backup), ACTOR (JSON).
# Out:  report event.
# Exit: 0, or 9 after a "fail" line.

remove() {
  look
  find_lv identity "$IDENTITY"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    return 0
  fi
  VG=$lv_vg LV=$lv_name
  if is_tagged reap-after; then return 0; fi
  if is_tagged attachment; then
    refused delete "$(describe_volume)" "attached to $(tag_of microvm)"
    fail attached "it is attached to microVM \"$(tag_of microvm)\"" "Remove the Attachment first"
  fi
  if [ "$lv_open" = open ]; then
    refused delete "$(describe_volume)" "in use"
    fail open "logical volume \"$VG/$LV\" is in use" "Stop what uses it ('fuser -v /dev/$VG/$LV' and 'dmsetup ls --tree' show it), then run it again"
  fi
  refuse_snapshots
  refuse_unverified
  case $POLICY in
    retain)
      begin delete "$(describe_volume),\"policy\":\"retain\""
      run lvchange -q --deltag "pulumi-lvm.owner=$(tag_of owner)" --addtag "pulumi-lvm.retained=$OWNER" "$VG/$LV"
      ;;
    delete)
      begin delete "$(describe_volume),\"policy\":\"delete\""
      remove_backup_state "$ID"
      if [ "$lv_active" = active ]; then run lvchange -q -an "$VG/$LV"; fi
      # Without -y, as in remove_lv: a classic snapshot that somebody took of it would go along.
      run lvremove -q "$VG/$LV"
      ;;
    *)
      begin delete "$(describe_volume),\"policy\":\"tombstone\",\"graceSeconds\":$GRACE"
      now=$(date +%s)
      if [ "$lv_active" = active ]; then run lvchange -q -an "$VG/$LV"; fi
      # Renamed first: cut here, it is still found by its id and loses nothing. The deadline comes last.
      case $LV in
        *.deleted.*) ;;
        *)
          run lvrename -q "$VG" "$LV" "$LV.deleted.$now"
          LV=$LV.deleted.$now
          ;;
      esac
      run lvchange -q --deltag "pulumi-lvm.owner=$(tag_of owner)" --addtag "pulumi-lvm.deleted=$now" \
        --addtag "pulumi-lvm.reap-after=$((now + GRACE))" "$VG/$LV"
      ;;
  esac
  finish
}

# refuse_snapshots: a linear volume takes its snapshots along, whoever took them. Kept as a tombstone, it could never be removed.
refuse_snapshots() {
  if [ "$POLICY" = retain ]; then return 0; fi
  find_classic_snapshots
  if [ -z "$snapshots" ]; then return 0; fi
  refused delete "$(describe_volume)" "has snapshots"
  fail snapshots "linear volume \"$VG/$LV\" has snapshots that would be lost with it: $snapshots" \
    "Remove these first: a Snapshot from the program, what somebody else took with 'lvremove'. Only snapshots of volumes in a thin pool outlive them"
}

# refuse_unverified: a volume that is or was under a schedule of backups goes only when one of them was verified lately. The schedule may be
# gone by now, in the same destroy: what it asked for is in the status of the backups.
refuse_unverified() {
  if [ "$POLICY" = retain ] || [ "$UNVERIFIED" = yes ] || [ ! -d "$STATE/backups/$ID" ]; then return 0; fi
  if [ ! -x /usr/local/lib/pulumi-lvm/current/pulumi-lvm-backup ]; then return 0; fi
  unverified=
  answer=$(call_backup_program guard "{\"volume\":{\"id\":\"$ID\"},\"limits\":{\"deadlineSeconds\":120}}") || unverified=yes
  if [ -z "$unverified" ]; then return 0; fi
  refused delete "$(describe_volume)" "no backup was verified lately"
  printf '%s\n' "$answer"
  exit 9
}
