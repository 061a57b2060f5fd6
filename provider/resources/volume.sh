# Makes a logical volume match the program. volume-long.sh goes on with what takes long, and volume-remove.sh lets go of it.
# In:   ID, IS_NEW (yes on create), OWNER (value of the owner tag), VG, LV, POOL ("" for linear), SIZE (bytes),
#       FILE_SYSTEM (none, ext4, xfs), LABELS (tags, space-separated), ADOPT (LV UUID or ""), OVERCOMMIT (decimal),
#       SOURCE (id of the volume whose backup it is made from, or ""), UNZEROED (yes when a pool that does not zero is fine), ACTOR (JSON).
# Out:  report id, report event, report grown (yes when only the guest can grow the file system).
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  locate
  if [ -z "$lv_uuid" ]; then ensure; fi
  refuse_foreign
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
    find_lv id "$ID"
    if [ -z "$lv_uuid" ]; then
      require_vg "$VG"
      fail gone "the logical volume of volume $ID is not there any more (it was $VG/$LV)" \
        "Run 'pulumi refresh' to drop it from the state; the next up then makes a new, empty volume"
    fi
  elif [ -n "$ADOPT" ]; then
    find_lv uuid "$ADOPT"
    if [ -z "$lv_uuid" ]; then
      fail gone "no logical volume has the UUID $ADOPT" "Take the UUID from 'lvs -o lv_name,lv_uuid,lv_tags' there"
    fi
    adopt
  else
    # What a create left half made carries our owner tag, its own id, and maybe the name of a restore.
    find_lv owner "$OWNER"
    if [ -n "$lv_uuid" ]; then ID=$(tag_of id); else find_lv path "$VG/$LV"; fi
  fi
}

refuse_foreign() {
  if has_tag "pulumi-lvm.id=$ID"; then return 0; fi
  fail foreign "logical volume \"$VG/$LV\" exists and is not this volume's (its UUID is $lv_uuid, its owner $(owner_of))" \
    "Choose another name, or take it over with adopt: \"$lv_uuid\""
}

owner_of() {
  owner=$(tag_of owner)
  printf '%s' "${owner:-not pulumi-lvm}"
}

adopt() {
  if has_tag "pulumi-lvm.owner=$OWNER"; then
    ID=$(tag_of id)
    return 0
  fi
  if [ -n "$(tag_of owner)" ]; then
    fail owned "logical volume \"$lv_vg/$lv_name\" belongs to $(owner_of)" \
      "Remove it there first, with deletionPolicy \"retain\"; then adopt it"
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
  # A tombstone keeps the identity of the volume that it was.
  tombstone_id=$(tag_of id)
  ID=${tombstone_id:-$ID}
  begin adopt "$(describe_volume)"
  # In one command: what was scheduled for removal is not, and it is ours.
  set -- --addtag "pulumi-lvm.id=$ID" --addtag "pulumi-lvm.owner=$OWNER"
  # Also what made it a snapshot of ours: the next backup removes those.
  for key in reap-after deleted retained backup-of backup-target drill-of; do
    value=$(tag_of "$key")
    if [ -n "$value" ]; then set -- "$@" --deltag "pulumi-lvm.$key=$value"; fi
  done
  if [ -z "$(tag_of fs)" ] && [ "$FILE_SYSTEM" != none ]; then set -- "$@" --addtag "pulumi-lvm.fs=$FILE_SYSTEM"; fi
  run lvchange -q "$@" "$lv_vg/$lv_name"
  look
  find_lv id "$ID"
  finish
}

ensure() {
  # As check-volume.ts: mkfs.xfs makes none below 300 MiB.
  if [ "$FILE_SYSTEM" = xfs ] && [ -z "$SOURCE" ] && [ "$SIZE" -lt 314572800 ]; then
    fail small "volume \"$VG/$LV\" would have $SIZE bytes, too few for an xfs" \
      "Set size to \"300MiB\" or more (mkfs.xfs makes no smaller one), or another fileSystem"
  fi
  begin create "$(describe_volume)${SOURCE:+,\"source\":\"$SOURCE\"}"
  set -- --addtag "pulumi-lvm.id=$ID" --addtag "pulumi-lvm.owner=$OWNER"
  for label in $LABELS; do set -- "$@" --addtag "$label"; done
  new=$LV
  if [ -n "$SOURCE" ]; then
    # It gets its name when it is whole.
    new=pulumi-lvm-restoring-$ID
    set -- "$@" --addtag pulumi-lvm.pending=restore
  elif [ "$FILE_SYSTEM" != none ]; then
    set -- "$@" --addtag pulumi-lvm.pending=mkfs
  fi
  if [ -n "$POOL" ]; then
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

# find_pool: sets pool_size, in bytes.
find_pool() {
  find_lv path "$VG/$POOL"
  pool_size=$lv_size
  case $lv_attr in
    t*) refuse_unzeroed "$UNZEROED" ;;
    *) fail pool "there is no thin pool \"$VG/$POOL\"" "Declare it as a ThinPool, or set pool to one that 'lvs' shows there" ;;
  esac
}

# refuse_overcommit HAS: HAS is what this volume has already, in bytes.
refuse_overcommit() {
  promised=$(volumes_in "$VG" "$POOL" | awk '{ sum += $1 } END { printf "%.0f", sum }')
  if awk "BEGIN { exit !($promised - $1 + $SIZE > $pool_size * $OVERCOMMIT) }"; then
    fail overcommit "thin pool \"$VG/$POOL\" has $pool_size bytes and has promised $((promised - $1)) to other volumes; $SIZE more exceed maxOvercommit $OVERCOMMIT" \
      "Grow the pool, make volumes smaller, or raise maxOvercommit on the ThinPool"
  fi
}

# refuse_full HAS: HAS is what this volume has already, in bytes.
refuse_full() {
  if [ "$((SIZE - $1))" -gt "$vg_free" ]; then
    fail full "volume group \"$VG\" has $vg_free bytes free, and $((SIZE - $1)) more are needed" \
      "Add a disk to the VolumeGroup, or set a smaller size"
  fi
}

sync_name() {
  if [ "$lv_name" = "$LV" ] || has_tag pulumi-lvm.pending=restore; then return 0; fi
  if [ -n "$(tag_of attachment)" ]; then
    fail attached "logical volume \"$lv_vg/$lv_name\" is attached to microVM \"$(tag_of microvm)\" and cannot be renamed to \"$LV\"" \
      "Remove the Attachment first, or rename it back"
  fi
  # In a subshell, so that the volume that was found stays the one at hand.
  if (find_lv path "$VG/$LV" && [ -n "$lv_uuid" ]); then
    fail foreign "logical volume \"$VG/$LV\" exists already, so \"$VG/$lv_name\" cannot take that name" "Choose another name"
  fi
  run lvrename -q "$VG" "$lv_name" "$LV"
  lv_name=$LV
}

sync_tags() {
  set --
  # lvcreate refuses this option for a thin volume, so it is always a second step.
  if [ "$lv_auto" = enabled ]; then set -- --setautoactivation n; fi
  wanted=" pulumi-lvm.owner=$OWNER $LABELS "
  IFS=,
  for tag in $lv_tags; do
    case $tag in
      pulumi-lvm.owner=* | pulumi-lvm.label.*) case $wanted in *" $tag "*) ;; *) set -- "$@" --deltag "$tag" ;; esac ;;
    esac
  done
  IFS=' '
  for tag in $wanted; do
    if ! has_tag "$tag"; then set -- "$@" --addtag "$tag"; fi
  done
  unset IFS
  if [ $# -gt 0 ]; then run lvchange -q "$@" "$VG/$lv_name"; fi
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
    refuse_full "$lv_size"
  fi
  begin grow "$(describe_volume),\"fromBytes\":$lv_size,\"toBytes\":$SIZE"
  file_system=$(tag_of fs)
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

refuse_shrink() {
  if [ "$lv_size" -lt "$((SIZE + vg_extent))" ]; then return 0; fi
  fail shrink "volume \"$VG/$LV\" has $lv_size bytes, and the program says $SIZE: a volume is never shrunk" \
    "Set size to \"${lv_size}B\" or more, or declare a new, smaller Volume and copy the data"
}

# The new extents become readable the moment that an attached volume is extended. So they are zeroed while they belong
# to a volume of their own, given back, and taken again at once: the lock of this host is held all the while.
grow_linear() {
  more=$(((SIZE - lv_size + vg_extent - 1) / vg_extent))
  stage=pulumi-lvm-grow-$ID
  if (find_lv path "$VG/$stage" && [ -n "$lv_uuid" ]); then run lvremove -q -y "$VG/$stage"; fi
  run lvcreate -q -y -ay -Wn -Zn --setautoactivation n -l "$more" -n "$stage" --addtag "pulumi-lvm.stage=$ID" "$VG"
  run blkdiscard -z "/dev/$VG/$stage"
  # Without these, the volume would grow by extents that nobody has zeroed.
  areas=$(lvs --noheadings -o seg_pe_ranges "$VG/$stage") ||
    fail unseen "what volume \"$VG/$lv_name\" is to grow by cannot be seen" "Run 'lvs $VG/$stage' there, and mend what it says"
  run lvremove -q -y "$VG/$stage"
  # shellcheck disable=SC2086 # one word an area
  run lvextend -q -l "+$more" "$VG/$lv_name" $areas
}

# A volume is active only while it is attached or worked on.
sync_active() {
  if [ "$lv_active" != active ] || [ "$lv_open" = open ] || [ -n "$(tag_of attachment)$(tag_of pending)" ]; then return 0; fi
  # A backup of a linear volume reads it through a snapshot, which needs it active; the backup switches it off again.
  if [ -z "$lv_pool" ]; then
    case $lv_rows in *"pulumi-lvm.backup-of=$ID"*) return 0 ;; esac
  fi
  run lvchange -q -an "$VG/$lv_name"
}

report_event() {
  if [ "$IS_NEW" != yes ]; then return 0; fi
  if has_event 'create|adopt' "\"volume\":\"$ID\"" "\"owner\":\"$OWNER\""; then
    report event "$event_hash"
    return 0
  fi
  trap - EXIT
  event create "done" "$(describe_volume)"
}
