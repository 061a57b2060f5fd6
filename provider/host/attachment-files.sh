# The files that tell whatever starts a microVM which devices it has: one JSON array of Firecracker drives a microVM.
# They are made from the leases, which are LV tags, so they can be made again at any time.

# write_attachment_file MICROVM [WITHOUT]: writes or removes the microVM's file to match its leases, but for the volume WITHOUT.
write_attachment_file() {
  mkdir -p "$STATE/attachments"
  attachment_file=$STATE/attachments/$1.json
  attachment_json=$(
    lvs --noheadings --separator '|' -o vg_name,lv_name,lv_tags -S "lv_tags={\"pulumi-lvm.microvm=$1\"}" |
      while IFS='|' read -r attachment_vg attachment_lv attachment_tags; do
        attachment_vg=${attachment_vg##* }
        if [ "$(tag_of id "$attachment_tags")" = "${2:-}" ]; then continue; fi
        attachment_root=false
        if [ "$(tag_of root "$attachment_tags")" = yes ]; then attachment_root=true; fi
        printf '%s{"drive_id":"%s","path_on_host":"/dev/%s/%s","is_root_device":%s,"is_read_only":false,"cache_type":"Writeback"}' \
          "${attachment_comma:-}" "$(tag_of drive "$attachment_tags")" "$attachment_vg" "$attachment_lv" "$attachment_root"
        attachment_comma=,
      done
  )
  if [ -z "$attachment_json" ]; then
    rm -f "$attachment_file"
  else
    printf '[%s]\n' "$attachment_json" >"$attachment_file.new"
    sync "$attachment_file.new"
    mv "$attachment_file.new" "$attachment_file"
  fi
  sync "$STATE/attachments"
}
