# Makes a logical volume match the program. volume-long.sh goes on with what takes long, and volume-remove.sh lets go of it.
# In:   ID, IDENTITY, IS_NEW (yes on create), OWNER (value of the owner tag), MADE_BY (identity of the Host, or ""), HELD (identities that
#       resources of the state hold, space-separated), VG, LV, POOL ("" for linear), SIZE (bytes),
#       FILE_SYSTEM (none, ext4, xfs), LABELS (tags, space-separated), ADOPT (LV UUID or ""), OVERCOMMIT (decimal),
#       SOURCE (id of the volume whose backup it is made from, or ""), CLONE_OF and CLONE_BY (what it is cloned from and how that is found, as
#       in snapshots.sh, or ""), UNZEROED (yes when a pool that does not zero is fine), ACTOR (JSON). SIZE is 0 for a clone that has that of its source.
# Out:  report id, report event, report grown (yes when only the guest can grow the file system).
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  locate
  if [ -z "$lv_uuid" ]; then ensure; fi
  # What was found is named by where it was found.
  VG=$lv_vg is_used=''
  if [ "$SIZE" = 0 ]; then SIZE=$lv_size; fi
  sync_name
  sync_tags
  sync_size
  sync_active
  report id "$ID"
  report_event
}

locate() {
  look
  if [ "$IS_NEW" != yes ]; then
    find_lv identity "$IDENTITY"
    if [ -z "$lv_uuid" ]; then
      require_vg "$VG"
      fail gone "the logical volume of volume $ID is not there any more (it was $VG/$LV), or is another resource's" \
        "Run 'pulumi refresh' to drop it from the state; the next up then makes a new, empty volume"
    fi
  elif [ -n "$ADOPT" ]; then
    find_lv uuid "$ADOPT"
    if [ -z "$lv_uuid" ]; then
      fail gone "no logical volume has the UUID $ADOPT" "Take the UUID from 'lvs -o lv_name,lv_uuid,lv_tags' there"
    fi
    adopt
  else
    find_lv path "$VG/$LV"
    if [ -z "$lv_uuid" ] && [ -n "$SOURCE" ]; then find_restoring; fi
    if [ -n "$lv_uuid" ]; then take_over; fi
  fi
}

# find_restoring: what a create of this resource left that was to be filled from a backup has a name of its own.
find_restoring() {
  restoring=$(printf '%s\n' "$lv_rows" | while IFS='|' read -r row_vg _ _ row_name row_uuid _ _ _ _ _ _ row_tags; do
    case ${row_vg##* }/$row_name in "$VG"/pulumi-lvm-restoring-*) ;; *) continue ;; esac
    if is_left "$row_tags" "$row_uuid"; then printf '%s' "$row_uuid" && break; fi
  done)
  if [ -n "$restoring" ]; then find_lv uuid "$restoring"; fi
}

# take_over: only what a create of this very resource left that was cut, and nobody has used since: the tag made-by goes with the first use.
# It gets a new id, so that whatever else knows it finds it gone.
take_over() {
  was=$(tag_of id)
  if ! is_left "$lv_tags" "$lv_uuid" || [ "$lv_pool" != "$POOL" ] || [ "$lv_open" = open ] || [ -d "$STATE/backups/$was" ]; then refuse_foreign; fi
  # One from elsewhere holds something else.
  if [ "$(tag_of cloned)" != "$CLONE_OF" ]; then refuse_foreign; fi
  begin_create
  run lvchange -q --deltag "pulumi-lvm.id=$was" --addtag "pulumi-lvm.id=$ID" "$lv_vg/$lv_name"
  look
  find_lv id "$ID"
  finish
}

# begin_create: with what it is made from.
begin_create() {
  made_from=$SOURCE$CLONE_OF
  begin create "$(describe_volume)${made_from:+,\"source\":\"$made_from\"}"
}

refuse_foreign() {
  fail foreign "logical volume \"$VG/$LV\" exists and is not this volume's (its UUID is $lv_uuid, its owner $(owner_of))" \
    "Choose another name, or take it over with adopt: \"$lv_uuid\""
}

owner_of() {
  owner=$(tag_of owner)
  printf '%s' "${owner:-not pulumi-lvm}"
}

adopt() {
  refuse_owned
  if is_tagged snapshot-of; then
    fail snapshot "logical volume \"$lv_vg/$lv_name\" is a Snapshot" \
      "It stays as it is: declare it as a Snapshot of that name, and a Volume with source: { snapshot } for what can be written to"
  fi
  if [ "$lv_vg" != "$VG" ] || [ "$lv_pool" != "$POOL" ]; then
    fail elsewhere "the logical volume to adopt is \"$lv_vg/$lv_name\"${lv_pool:+ in thin pool \"$lv_pool\"}" \
      "Set volumeGroup and pool of this volume to these"
  fi
  # A plain volume or a thin one, maybe with snapshots of its own (lv_attr in lvs(8)).
  case $lv_attr in
    -* | o* | V*) ;;
    *) fail layout "logical volume \"$lv_vg/$lv_name\" is no plain or thin volume (its attributes are $lv_attr)" "Only linear, striped and thin volumes can be adopted" ;;
  esac
  if [ "$lv_open" = open ]; then
    fail open "logical volume \"$lv_vg/$lv_name\" is in use" "Stop what uses it ('fuser -v /dev/$lv_vg/$lv_name' and 'dmsetup ls --tree' show it), then adopt it"
  fi
  refuse_shrink
  # A volume keeps its id for life, as its backups go by that; whose it is now, the identity says.
  was=$(tag_of id)
  ID=${was:-$ID}
  begin adopt "$(describe_volume)"
  # In one command: what was scheduled for removal is not, and it is ours.
  set --
  # Also what made it a snapshot of ours: the next backup removes those.
  for key in owner identity made-by reap-after deleted retained backup-of backup-target drill-of; do
    value=$(tag_of "$key")
    if [ -n "$value" ]; then set -- "$@" --deltag "pulumi-lvm.$key=$value"; fi
  done
  set -- "$@" --addtag "pulumi-lvm.id=$ID" --addtag "pulumi-lvm.owner=$OWNER"
  if [ "$ID" != "$IDENTITY" ]; then set -- "$@" --addtag "pulumi-lvm.identity=$IDENTITY"; fi
  if ! is_tagged fs && [ "$FILE_SYSTEM" != none ]; then set -- "$@" --addtag "pulumi-lvm.fs=$FILE_SYSTEM"; fi
  run lvchange -q "$@" "$lv_vg/$lv_name"
  look
  find_lv id "$ID"
  finish
}

# refuse_owned: what another stack has is not to be had, nor what another resource of this one has or a microVM uses.
refuse_owned() {
  if is_tagged attachment; then
    fail attached "logical volume \"$lv_vg/$lv_name\" is attached to microVM \"$(tag_of microvm)\" by $(tag_of lease-owner)" "Remove that Attachment first; if its stack is gone, run 'npx pulumi-lvm release'. Then adopt it"
  fi
  stack=$(printf '%s' "$OWNER" | cut -d / -f 1-3)
  case " $HELD " in *" $(identity_of "$lv_tags" "$lv_uuid") "*) stack=held ;; esac
  case $(tag_of owner) in
    '' | "$stack"/*) ;;
    *) fail owned "logical volume \"$lv_vg/$lv_name\" belongs to $(owner_of)" \
      "Remove it there first, with deletionPolicy \"retain\"; then adopt it. If no stack has it any more, run 'lvchange --deltag pulumi-lvm.owner=$(owner_of) $lv_vg/$lv_name' there first" ;;
  esac
}

ensure() {
  if [ -n "$CLONE_OF" ]; then find_source; fi
  refuse_small_xfs
  begin_create
  is_made=yes
  set -- --addtag "pulumi-lvm.id=$ID" --addtag "pulumi-lvm.owner=$OWNER"
  if [ -n "$MADE_BY" ]; then set -- "$@" --addtag "pulumi-lvm.made-by=$MADE_BY"; fi
  for label in $LABELS; do set -- "$@" --addtag "$label"; done
  new=$LV
  if [ -n "$SOURCE" ]; then
    # It gets its name when it is whole.
    new=pulumi-lvm-restoring-$ID
    set -- "$@" --addtag pulumi-lvm.pending=restore
  elif [ -z "$CLONE_OF" ] && [ "$FILE_SYSTEM" != none ]; then
    set -- "$@" --addtag pulumi-lvm.pending=mkfs
  fi
  if [ -n "$CLONE_OF" ]; then
    clone "$@"
  elif [ -n "$POOL" ]; then
    find_pool
    refuse_overcommit 0
    run_in_pool "$VG/$POOL" lvcreate -q -y -an -V "${SIZE}b" --thinpool "$POOL" -n "$new" "$@" "$VG"
  else
    require_vg "$VG"
    refuse_full 0
    # What the disk held before belongs to somebody else: it is zeroed before the volume can be attached.
    run lvcreate -q -y -an -Wn -Zn --setautoactivation n -L "${SIZE}b" -n "$new" --addtag pulumi-lvm.pending=zero "$@" "$VG"
  fi
  look
  find_lv path "$VG/$new"
}

sync_name() {
  if [ "$lv_name" = "$LV" ] || has_tag pulumi-lvm.pending=restore; then return 0; fi
  if is_tagged attachment; then
    fail attached "logical volume \"$lv_vg/$lv_name\" is attached to microVM \"$(tag_of microvm)\" and cannot be renamed to \"$LV\"" \
      "Remove the Attachment first, or rename it back"
  fi
  refuse_taken_name
  note_use
  run lvrename -q "$VG" "$lv_name" "$LV"
  lv_name=$LV
}

# note_use: from its first change on, nobody can take it for what a create left that was cut.
note_use() {
  if [ "$IS_NEW" = yes ] || [ -n "$is_used" ] || ! is_tagged made-by; then return 0; fi
  run lvchange -q --deltag "pulumi-lvm.made-by=$(tag_of made-by)" "$VG/$lv_name"
  is_used=yes
}

sync_tags() {
  find_tag_changes
  # shellcheck disable=SC2086 # one word an option
  set -- $tag_changes
  # lvcreate refuses this option for a thin volume, so it is always a second step.
  if [ "$lv_auto" = enabled ]; then set -- --setautoactivation n "$@"; fi
  if [ $# -eq 0 ]; then return 0; fi
  note_use
  run lvchange -q "$@" "$VG/$lv_name"
}

sync_size() {
  if [ "$lv_size" -ge "$SIZE" ]; then
    refuse_shrink
    return 0
  fi
  if [ -n "$POOL" ]; then
    pool_size=$(find_lv path "$VG/$POOL" && printf '%s' "$lv_size")
    refuse_overcommit "$lv_size"
  else
    refuse_grow_under_snapshots
    refuse_full "$lv_size"
  fi
  begin grow "$(describe_volume),\"fromBytes\":$lv_size,\"toBytes\":$SIZE"
  file_system=$(tag_of fs)
  note_use
  # Set before the change, so that a cut cannot lose what is still to be done.
  if [ "$file_system" = ext4 ]; then run lvchange -q --addtag pulumi-lvm.pending=grow "$VG/$lv_name"; fi
  # What a linear volume grows by held somebody's data: it must not become readable before it is zeroed.
  if [ -z "$POOL" ]; then
    grow_linear
  else
    run_in_pool "$VG/$POOL" lvextend -q -L "${SIZE}b" "$VG/$lv_name"
  fi
  if [ "$file_system" = xfs ]; then report grown yes; fi
  finish
}

# A volume is active only while it is attached or worked on.
sync_active() {
  if [ "$lv_active" != active ] || [ "$lv_open" = open ] || is_tagged attachment || is_tagged pending; then return 0; fi
  # A backup of a linear volume reads it through a snapshot, which needs it active; the backup switches it off again.
  if [ -z "$lv_pool" ]; then
    case $lv_rows in *"pulumi-lvm.backup-of=$ID"*) return 0 ;; esac
  fi
  run lvchange -q -an "$VG/$lv_name"
}

report_event() {
  if [ "$IS_NEW" != yes ]; then return 0; fi
  if [ -z "${is_made-}" ] && has_event 'create|adopt' "\"volume\":\"$ID\"" "\"owner\":\"$OWNER\""; then
    report event "$event_hash"
    return 0
  fi
  trap - EXIT
  event create "done" "$(describe_volume)"
}
