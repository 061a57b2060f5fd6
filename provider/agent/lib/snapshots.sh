# Snapshots of volumes. A thin one is a volume of LVM by itself, and outlives what it was taken of. A classic one of a linear volume is the room
# for what is overwritten there: without its volume it shows nothing.

# is_snapshot: whether the logical volume at hand is what a Snapshot made: lv_attr in lvs(8).
is_snapshot() {
  if ! is_tagged snapshot-of; then return 1; fi
  case $lv_pool:$lv_attr in
    :[sS]* | ?*:V*) return 0 ;;
    *) return 1 ;;
  esac
}

# find_classic_snapshots: sets snapshots to the names of the classic snapshots of the volume at hand, whoever took them, with a space between;
# "" when there are none. Those of backups are left out: they go by themselves.
find_classic_snapshots() {
  snapshots=
  case $lv_attr in [oO]*) ;; *) return 0 ;; esac
  taken=$(lvs --noheadings --separator '|' -o lv_name,lv_tags -S "vg_name=\"$lv_vg\" && origin=\"$lv_name\" && pool_lv=\"\"") ||
    fail unseen "the snapshots of \"$lv_vg/$lv_name\" cannot be seen" "Run 'lvs $lv_vg' there, and mend what it says"
  while IFS='|' read -r taken_name taken_tags; do
    if [ -z "$taken_name" ] || is_tagged backup-of "$taken_tags"; then continue; fi
    snapshots=$snapshots${snapshots:+ }${taken_name##* }
  done <<END
$taken
END
}

# refuse_grow_under_snapshots: ends the step for a linear volume that has snapshots: while a microVM has it, LVM would refuse, and afterwards
# they would not be of one size with it.
refuse_grow_under_snapshots() {
  find_classic_snapshots
  if [ -z "$snapshots" ]; then return 0; fi
  fail snapshots "linear volume \"$lv_vg/$lv_name\" cannot grow while it has snapshots: $snapshots" "Remove these first, and take new ones after it"
}

# find_source: the snapshot or volume that the volume VG/LV is made from. Sets source_path and source_tags, and SIZE where the program says none.
# No logical volume is at hand after it. CLONE_BY is how it is found (identity of a snapshot, id of a volume), CLONE_OF what it has there.
# shellcheck disable=SC2153 # the step gives them
find_source() {
  find_lv "$CLONE_BY" "$CLONE_OF"
  if [ -z "$lv_uuid" ]; then
    fail gone "what volume \"$VG/$LV\" is to be made from, $CLONE_OF, is not on this host" \
      "Run 'pulumi refresh'; a volume is cloned only on the host that holds it: a Backup of it can be restored on another"
  fi
  if is_tagged reap-after; then
    fail deleted "volume \"$lv_vg/$lv_name\" is deleted and waits for its removal" "Bring it back with adopt: \"$lv_uuid\" on a Volume"
  fi
  refuse_unfinished
  if [ -z "$lv_pool" ] || [ "$lv_vg/$lv_pool" != "$VG/$POOL" ]; then
    source_place=linear
    if [ -n "$lv_pool" ]; then source_place="in thin pool \"$lv_vg/$lv_pool\""; fi
    fail elsewhere "\"$lv_vg/$lv_name\", which volume \"$VG/$LV\" is to be made from, is $source_place" \
      "A clone is made in the thin pool of its source; elsewhere, make a Backup and a Volume with source: { backup }"
  fi
  if [ "$SIZE" = 0 ]; then SIZE=$lv_size; fi
  if [ "$lv_size" -ge "$((SIZE + vg_extent))" ]; then
    fail small "\"$lv_vg/$lv_name\" has $lv_size bytes, and volume \"$VG/$LV\", which is to be made from it, would have $SIZE" \
      "Set size to \"${lv_size}B\" or more, or leave it out"
  fi
  source_path=$lv_vg/$lv_name source_tags=$lv_tags
  find_lv path "$VG/$LV"
}

# clone TAGS...: makes the volume VG/LV from what find_source has found, with options of lvcreate for tags. It is whole at once, but maybe for
# the size, which it gets as one that grows does.
clone() {
  find_pool
  refuse_overcommit 0
  source_fs=$(tag_of fs "$source_tags")
  # What neither tells is what the program says of it, as of a restored volume.
  if [ -z "$source_fs" ] && [ "$FILE_SYSTEM" != none ]; then source_fs=$FILE_SYSTEM; fi
  if [ -n "$source_fs" ]; then set -- "$@" --addtag "pulumi-lvm.fs=$source_fs"; fi
  case ,$source_tags, in *,pulumi-lvm.pending=grow,*) set -- "$@" --addtag pulumi-lvm.pending=grow ;; esac
  # -k n: LVM activates no snapshot unless somebody insists, and an Attachment does not.
  run_in_pool "$VG/$POOL" lvcreate -q -y -s -p rw -an -k n -n "$LV" --addtag "pulumi-lvm.cloned=$CLONE_OF" "$@" "$source_path"
}
