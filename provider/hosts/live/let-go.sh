# Lets go of what no stack is there for any more: a lease, or a deleted volume that waits for its time.
# In:   LV (volume group and name, such as fast/data), ID (of the lease to end, or LVM's UUID of the volume to remove), ACTOR (JSON).
# Out:  report event.
# Exit: 0, or 9 after a "fail" line.

release() {
  look
  find_lv path "$LV"
  if [ "$(tag_of attachment)" != "$ID" ]; then
    fail gone "attachment $ID is not on \"$LV\" any more" "Look again with 'npx pulumi-lvm attachments'"
  fi
  end_lease release "$(describe_lease)"
}

describe_lease() {
  printf '"volume":"%s","logicalVolume":"%s","uuid":"%s","attachment":"%s","microVm":"%s","owner":"%s"' \
    "$(tag_of id)" "$LV" "$lv_uuid" "$ID" "$(tag_of microvm)" "$(tag_of lease-owner)"
}

purge() {
  look
  find_lv uuid "$ID"
  if [ -z "$lv_uuid" ]; then fail gone "\"$LV\" is not there any more" "Look again with 'npx pulumi-lvm volumes'"; fi
  if [ "$lv_open" = open ]; then
    refused purge "$(describe_deleted)" "in use"
    fail open "logical volume \"$lv_vg/$lv_name\" is in use" \
      "Stop what uses it ('fuser -v /dev/$lv_vg/$lv_name' and 'dmsetup ls --tree' show it), then run it again"
  fi
  if ! is_removable; then
    fail kept "logical volume \"$lv_vg/$lv_name\" is no deleted volume any more" "Look again with 'npx pulumi-lvm volumes'"
  fi
  remove_deleted purge
}
