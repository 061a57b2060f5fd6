# The files that tell whatever starts a microVM which devices it has: one JSON array of Firecracker drives a microVM.
# They are made from the leases, which are LV tags, so they can be made again at any time.

# write_attachment_file MICROVM [WITHOUT]: writes or removes the microVM's file to match its leases as of the last look, but for the
# volume WITHOUT.
write_attachment_file() {
  mkdir -p "$STATE/attachments"
  attachment_file=$STATE/attachments/$1.json
  attachment_json=
  while IFS='|' read -r row_vg row_free row_extent row_name row_uuid row_size row_attr row_active row_open row_auto row_pool row_tags; do
    case ",$row_tags," in *",pulumi-lvm.microvm=$1,"*) ;; *) continue ;; esac
    if [ "$(tag_of id "$row_tags")" = "${2:-}" ]; then continue; fi
    attachment_root=false
    if [ "$(tag_of root "$row_tags")" = yes ]; then attachment_root=true; fi
    attachment_json=$attachment_json${attachment_json:+,}$(
      printf '{"drive_id":"%s","path_on_host":"/dev/%s/%s","is_root_device":%s,"is_read_only":false,"cache_type":"Writeback"}' \
        "$(tag_of drive "$row_tags")" "${row_vg##* }" "$row_name" "$attachment_root"
    )
  done <<END
$lv_rows
END
  if [ -z "$attachment_json" ]; then
    rm -f "$attachment_file"
  else
    printf '[%s]\n' "$attachment_json" >"$attachment_file.new"
    sync "$attachment_file.new"
    mv "$attachment_file.new" "$attachment_file"
  fi
  sync "$STATE/attachments"
}
