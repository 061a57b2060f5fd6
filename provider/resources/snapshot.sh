# Takes a snapshot of a volume, read-only, or lets go of it. The snapshot is made and tagged in one command.
# In:   IDENTITY, IS_NEW (yes on create), OWNER (value of the owner tag), MADE_BY (identity of the Host, or ""), HELD (identities that resources
#       of the state hold, space-separated), VOLUME_ID, VG, LV, ROOM (bytes for what is overwritten in a linear volume, or ""), LABELS (tags,
#       space-separated), OVERCOMMIT (decimal; "" when the pool's limit is not known), ACTOR (JSON).
# Out:  report id, report event.
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  locate
  # What was found is named by where it was found.
  VG=$lv_vg
  sync_name
  sync_room
  sync_tags
  report id "$IDENTITY"
}

describe() {
  printf '"snapshot":"%s","volume":"%s","logicalVolume":"%s/%s","uuid":"%s","owner":"%s"' "$IDENTITY" "$VOLUME_ID" "$VG" "$LV" "$lv_uuid" "$OWNER"
}

locate() {
  look
  if [ "$IS_NEW" != yes ]; then
    find_lv identity "$IDENTITY"
    if [ -n "$lv_uuid" ] && is_snapshot; then return 0; fi
    require_vg "$VG"
    fail gone "snapshot \"$VG/$LV\" is not there any more, or is another resource's" \
      "Run 'pulumi refresh' to drop it from the state; the next up then takes a new one, of what the volume holds by then"
  fi
  find_lv id "$VOLUME_ID"
  # The volume may be gone, and a snapshot that a cut create left still be there.
  VG=${lv_vg:-$VG}
  find_lv path "$VG/$LV"
  if is_half; then drop_half; fi
  if [ -n "$lv_uuid" ]; then take_over; else ensure; fi
}

# is_mine: whether a create of this very resource left the logical volume at hand, and no resource of the state has it.
is_mine() {
  is_left "$lv_tags" "$lv_uuid" && [ "$(tag_of snapshot-of)" = "$VOLUME_ID" ]
}

# take_over: a snapshot that a cut create left. It is of that time, which its tag tells. It gets a new identity, so that whatever else knows it
# finds it gone.
take_over() {
  if ! is_snapshot || ! is_mine; then refuse_foreign; fi
  begin snapshot "$(describe)"
  run lvchange -q --deltag "pulumi-lvm.identity=$(tag_of identity)" --addtag "pulumi-lvm.identity=$IDENTITY" "$VG/$LV"
  look
  find_lv identity "$IDENTITY"
  finish
}

# is_half: LVM makes the room of a classic snapshot first, tags and all, and ties it to its volume in a second step. What was cut between is a
# plain logical volume that nobody ever had and that shows nothing.
is_half() {
  is_untied && [ "$lv_open" != open ] && is_mine
}

# is_untied: whether the logical volume at hand has the tags of a classic snapshot, and is tied to no volume: not yet, or not any more.
is_untied() {
  case $lv_pool:$lv_attr in :-*) is_tagged snapshot-of ;; *) return 1 ;; esac
}

drop_half() {
  run lvremove -q -y "$VG/$LV"
  look
  find_lv path "$VG/$LV"
}

refuse_foreign() {
  owner=$(tag_of owner)
  fail foreign "logical volume \"$VG/$LV\" exists and is not this snapshot (its UUID is $lv_uuid, its owner ${owner:-not pulumi-lvm})" "Choose another name"
}

ensure() {
  find_origin
  set -- --addtag "pulumi-lvm.identity=$IDENTITY" --addtag "pulumi-lvm.owner=$OWNER" --addtag "pulumi-lvm.snapshot-of=$VOLUME_ID"
  if [ -n "$MADE_BY" ]; then set -- "$@" --addtag "pulumi-lvm.made-by=$MADE_BY"; fi
  for label in $LABELS; do set -- "$@" --addtag "$label"; done
  # What a volume that is made from it has to know, when the volume is gone.
  if [ -n "$origin_fs" ]; then set -- "$@" --addtag "pulumi-lvm.fs=$origin_fs"; fi
  if [ -n "$origin_grows" ]; then set -- "$@" --addtag pulumi-lvm.pending=grow; fi
  if [ -n "$POOL" ]; then
    pool_size=$(find_lv path "$VG/$POOL" && printf '%s' "$lv_size")
    if [ -n "$OVERCOMMIT" ]; then refuse_overcommit 0; fi
    begin snapshot "$(describe)"
    # Nobody needs its device: -k keeps it from being activated by chance.
    run_in_pool "$VG/$POOL" lvcreate -q -y -s -p r -k y -n "$LV" --addtag "pulumi-lvm.taken=$(date +%s)" "$@" "$VG/$origin"
  else
    refuse_full 0
    begin snapshot "$(describe)"
    run lvcreate -q -y -s -p r -L "${SIZE}b" -n "$LV" --addtag "pulumi-lvm.taken=$(date +%s)" "$@" "$VG/$origin"
  fi
  look
  find_lv path "$VG/$LV"
  finish
}

# find_origin: the volume. Sets origin (its name), origin_fs, origin_grows, POOL ("" for linear) and SIZE, the bytes that the snapshot may come to
# take. No logical volume is at hand after it.
find_origin() {
  find_lv id "$VOLUME_ID"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    fail gone "volume $VOLUME_ID is not on this host" "Run 'pulumi refresh'; a snapshot is taken only on the host that holds the volume"
  fi
  if is_tagged reap-after; then
    fail deleted "volume \"$lv_vg/$lv_name\" is deleted and waits for its removal" "Bring it back with adopt: \"$lv_uuid\" on a Volume"
  fi
  refuse_unfinished
  origin=$lv_name origin_fs=$(tag_of fs) origin_grows=
  POOL=$lv_pool
  SIZE=$lv_size
  if has_tag pulumi-lvm.pending=grow; then origin_grows=yes; fi
  if [ -z "$POOL" ]; then
    # As check-snapshot.ts.
    if [ -z "$ROOM" ]; then
      fail size "volume \"$VG/$origin\" is linear, and a snapshot of it needs room for what is overwritten in the volume" \
        "Set size on the Snapshot; when more than that is overwritten, the snapshot is lost"
    fi
    SIZE=$ROOM
  fi
  find_lv path "$VG/$LV"
}

sync_name() {
  if [ "$lv_name" = "$LV" ]; then return 0; fi
  refuse_taken_name
  run lvrename -q "$VG" "$lv_name" "$LV"
}

sync_room() {
  if [ -n "$lv_pool" ] || [ -z "$ROOM" ]; then return 0; fi
  if [ "$lv_size" -ge "$((ROOM + vg_extent))" ]; then
    fail shrink "snapshot \"$VG/$LV\" has $lv_size bytes of room, and the program says $ROOM: what it holds may lie there" "Set size to \"${lv_size}B\" or more"
  fi
  if [ "$lv_size" -ge "$ROOM" ]; then return 0; fi
  # LVM gives it no more than it can ever use, which is a little more than its volume has.
  origin_size=$(find_lv id "$VOLUME_ID" && printf '%s' "$lv_size")
  if [ "$lv_size" -gt "${origin_size:-0}" ]; then return 0; fi
  SIZE=$ROOM
  refuse_full "$lv_size"
  run lvextend -q -L "${ROOM}b" "$VG/$LV"
}

sync_tags() {
  # What was written to it meanwhile stays, and is seen in its output isReadOnly before.
  case $lv_attr in ?[rR]*) ;; *) run lvchange -q -p r "$VG/$LV" ;; esac
  find_tag_changes
  # shellcheck disable=SC2086 # one word an option
  if [ -n "$tag_changes" ]; then run lvchange -q $tag_changes "$VG/$LV"; fi
}

remove() {
  look
  find_lv identity "$IDENTITY"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    return 0
  fi
  VG=$lv_vg LV=$lv_name
  if ! is_snapshot && ! is_untied; then
    fail kept "logical volume \"$VG/$LV\" is no snapshot any more" "Look at it with 'lvs -a $VG'; if it is yours to keep, remove the Snapshot from the state with 'pulumi state delete'"
  fi
  if [ "$lv_open" = open ]; then
    refused delete "$(describe)" "in use"
    fail open "snapshot \"$VG/$LV\" is in use" "Stop what uses it ('fuser -v /dev/$VG/$LV' and 'dmsetup ls --tree' show it), then run it again"
  fi
  begin delete "$(describe)"
  if [ -n "$lv_pool" ]; then
    if [ "$lv_active" = active ]; then run lvchange -q -an "$VG/$LV"; fi
    # Without -y, as in remove_lv: what somebody made of it elsewhere would go along.
    run lvremove -q "$VG/$LV"
  else
    # It is active whenever its volume is, and to switch it off would take the volume's device away. Nothing is ever made of it. LVM unties it
    # in a first step: a cut after that leaves a plain logical volume, which goes too.
    run lvremove -q -y "$VG/$LV"
  fi
  finish
}
