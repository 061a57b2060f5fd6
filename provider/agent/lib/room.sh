# Room for a volume: whether there is enough, and taking it. For the volume at hand: ID, VG, LV, POOL, SIZE (bytes), OVERCOMMIT and UNZEROED
# as volume.sh has them.

# find_pool: sets pool_size, in bytes.
# shellcheck disable=SC2153 # the step gives them
find_pool() {
  find_lv path "$VG/$POOL"
  pool_size=$lv_size
  case $lv_attr in
    t*) refuse_unzeroed "$UNZEROED" ;;
    *) fail pool "there is no thin pool \"$VG/$POOL\"" "Declare it as a ThinPool, or set pool to one that 'lvs' shows there" ;;
  esac
}

# refuse_overcommit HAS: HAS is what this volume has already, in bytes.
# shellcheck disable=SC2153 # the step gives them
refuse_overcommit() {
  promised=0
  IFS='
'
  for promise in $(volumes_in "$VG" "$POOL"); do promised=$((promised + ${promise%% *})); done
  unset IFS
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

# refuse_small_xfs: as check-volume.ts. mkfs.xfs makes none below 300 MiB; what is restored or cloned has its file system.
refuse_small_xfs() {
  if [ "$FILE_SYSTEM" != xfs ] || [ -n "$SOURCE$CLONE_OF" ] || [ "$SIZE" -ge 314572800 ]; then return 0; fi
  fail small "volume \"$VG/$LV\" would have $SIZE bytes, too few for an xfs" \
    "Set size to \"300MiB\" or more (mkfs.xfs makes no smaller one), or another fileSystem"
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
