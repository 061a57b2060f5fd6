# Makes a thin pool match the program, or lets go of it.
# In:   ID (LV UUID; "" on create), IDENTITY, OWNER (value of the owner tag), MADE_BY (identity of the Host, or ""), HELD (identities that
#       resources of the state hold, space-separated), VG, LV, SIZE (bytes), METADATA (bytes or ""), CHUNK (bytes or ""),
#       PROFILE (name of the LVM profile for autoextend, or ""), THRESHOLD, PERCENT, EXISTING (yes or no), UNZEROED (yes or no), ACTOR (JSON).
# Out:  report id (LV UUID).
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  require_vg "$VG"
  look
  if [ "$EXISTING" = yes ]; then
    if [ -n "$ID" ]; then find_lv uuid "$ID"; else find_lv path "$VG/$LV"; fi
    check_existing
  else
    locate
    # What was found is named by where it was found.
    VG=$lv_vg
    sync_name
    sync_size
    sync_profile
    sync_tags
  fi
  report id "$lv_uuid"
}

check_existing() {
  case $lv_attr in
    t*) refuse_unzeroed "$UNZEROED" ;;
    *) fail gone "there is no thin pool \"$VG/$LV\"" "Set name to a pool that 'lvs' shows there, or leave out existing and give a size" ;;
  esac
}

locate() {
  if [ -z "$ID" ]; then
    find_lv path "$VG/$LV"
    if [ -z "$lv_uuid" ]; then ensure; else take_over; fi
    return 0
  fi
  find_lv identity "$IDENTITY"
  if [ -n "$lv_uuid" ]; then return 0; fi
  fail gone "thin pool \"$VG/$LV\" is not there any more, or is another resource's" "Run 'pulumi refresh' to drop it and its volumes from the state"
}

ensure() {
  if [ "$SIZE" -gt "$vg_free" ]; then
    fail full "volume group \"$VG\" has $vg_free bytes free, and the pool needs $SIZE and its metadata twice" \
      "Add a disk to the VolumeGroup, or set a smaller size"
  fi
  set --
  if [ -n "$METADATA" ]; then set -- "$@" --poolmetadatasize "${METADATA}b"; fi
  if [ -n "$CHUNK" ]; then set -- "$@" --chunksize "${CHUNK}b"; fi
  if [ -n "$MADE_BY" ]; then set -- "$@" --addtag "pulumi-lvm.made-by=$MADE_BY"; fi
  run lvcreate -q -y --type thin-pool --zero y -L "${SIZE}b" "$@" --addtag "pulumi-lvm.identity=$IDENTITY" --addtag "pulumi-lvm.owner=$OWNER" -n "$LV" "$VG"
  look
  find_lv path "$VG/$LV"
}

# take_over: only what a create of this very resource left that was cut, with nothing in it; or what was deleted and waits for its volumes.
# It gets a new identity, so that whatever else knows it finds it gone.
take_over() {
  case $lv_attr in t*) ;; *) refuse_foreign ;; esac
  if has_tag pulumi-lvm.leaving; then
    if ! has_tag "pulumi-lvm.owner=$OWNER"; then refuse_foreign; fi
  elif ! is_left "$lv_tags" "$lv_uuid" || ! is_empty "$VG" "$LV"; then
    refuse_foreign
  fi
  set -- --addtag "pulumi-lvm.identity=$IDENTITY"
  for key in identity made-by; do
    was=$(tag_of "$key")
    if [ -n "$was" ]; then set -- "$@" --deltag "pulumi-lvm.$key=$was"; fi
  done
  if [ -n "$MADE_BY" ]; then set -- "$@" --addtag "pulumi-lvm.made-by=$MADE_BY"; fi
  run lvchange -q "$@" "$VG/$LV"
}

refuse_foreign() {
  owner=$(tag_of owner)
  fail foreign "logical volume \"$VG/$LV\" exists and is not this pool (its UUID is $lv_uuid, its owner ${owner:-not pulumi-lvm})" \
    "Choose another name, or set existing: true to use it as it is"
}

# is_empty VG POOL: true when no logical volume is in the thin pool, whoever it is of.
is_empty() {
  in_pool=$(printf '%s\n' "$lv_rows" | awk -F '|' -v vg="$1" -v pool="$2" '{ sub(/^ */, "", $1) } $1 == vg && $11 == pool' | wc -l)
  [ "$in_pool" -eq 0 ]
}

sync_name() {
  if [ "$lv_name" = "$LV" ]; then return 0; fi
  run lvrename -q "$VG" "$lv_name" "$LV"
}

sync_size() {
  if [ "$lv_size" -ge "$((SIZE + vg_extent))" ] && [ -z "$PROFILE" ]; then
    fail shrink "thin pool \"$VG/$LV\" has $lv_size bytes, and the program says $SIZE: LVM cannot shrink a thin pool" \
      "Set size to \"${lv_size}B\" or more"
  fi
  if [ "$lv_size" -lt "$SIZE" ]; then run lvextend -q -L "${SIZE}b" "$VG/$LV"; fi
  if [ -n "$METADATA" ]; then
    metadata=$(lvs --noheadings --units b --nosuffix -o lv_metadata_size "$VG/$LV" | tr -d ' ')
    if [ "$metadata" -lt "$METADATA" ]; then run lvextend -q --poolmetadatasize "+$((METADATA - metadata))b" "$VG/$LV"; fi
  fi
}

# Autoextend is a setting of LVM's monitor, given to one pool by a profile (lvmthin(7), "Automatically extend thin pool LV").
sync_profile() {
  is=$(lvs --noheadings -o lv_profile "$VG/$LV" | tr -d ' ')
  if [ -n "$PROFILE" ]; then
    file=/etc/lvm/profile/$PROFILE.profile
    if [ ! -s "$file" ]; then
      mkdir -p /etc/lvm/profile
      (umask 022 && printf 'activation {\n\tthin_pool_autoextend_threshold=%s\n\tthin_pool_autoextend_percent=%s\n}\n' "$THRESHOLD" "$PERCENT" >"$file.new")
      sync "$file.new"
      mv "$file.new" "$file"
    fi
    if [ "$is" != "$PROFILE" ]; then run lvchange -q --metadataprofile "$PROFILE" "$VG/$LV"; fi
  elif [ -n "$is" ] && [ -z "${is##pulumi-lvm-*}" ]; then
    run lvchange -q --detachprofile "$VG/$LV"
  fi
}

sync_tags() {
  set --
  if ! has_tag "pulumi-lvm.owner=$OWNER"; then set -- --deltag "pulumi-lvm.owner=$(tag_of owner)" --addtag "pulumi-lvm.owner=$OWNER"; fi
  if has_tag pulumi-lvm.leaving; then set -- "$@" --deltag pulumi-lvm.leaving; fi
  if [ $# -gt 0 ]; then run lvchange -q "$@" "$VG/$LV"; fi
}

remove() {
  if [ "$EXISTING" = yes ]; then return 0; fi
  look
  find_lv identity "$IDENTITY"
  if [ -z "$lv_uuid" ]; then
    require_vg "$VG"
    return 0
  fi
  case $lv_tags in *pulumi-lvm.owner=*) ;; *) fail foreign "thin pool \"$lv_vg/$lv_name\" carries no tag of ours any more" \
    "Remove it from the state with 'pulumi state delete'" ;; esac
  inside=$(volumes_in "$lv_vg" "$lv_name")
  live=$(printf '%s' "$inside" | grep -v 'pulumi-lvm.reap-after=' | cut -d ' ' -f 2 | tr '\n' ' ') || :
  if [ -n "$live" ]; then
    fail inuse "thin pool \"$lv_vg/$lv_name\" holds ${live% }" "Remove these first; deleting a volume never deletes another"
  fi
  if [ -n "$inside" ]; then
    # Deleted volumes still have their grace period: the reaper removes the pool after the last of them.
    # Whoever makes it again may have it: it is no other Host's any more.
    run lvchange -q --addtag pulumi-lvm.leaving --deltag "pulumi-lvm.made-by=$(tag_of made-by)" "$lv_vg/$lv_name"
  else
    remove_lv "$lv_vg/$lv_name"
    drop_unused_profiles
  fi
}
