# The files that tell whatever starts a microVM which devices it has: one JSON array of Firecracker drives a microVM.
# They are made from the leases, which are LV tags, so they can be made again at any time. And the end of a lease, which takes a file away.

# write_attachment_file MICROVM [WITHOUT]: writes or removes the microVM's file to match its leases as of the last look, but for the
# volume WITHOUT.
write_attachment_file() {
  mkdir -p "$STATE/attachments"
  attachment_file=$STATE/attachments/$1.json
  attachment_json=
  while IFS='|' read -r row_vg _ _ row_name _ _ _ _ _ _ _ row_tags; do
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

# end_lease ACTION JSON: ends the lease on the volume at hand; JSON: what it is, for the log. The order keeps a microVM from starting on a device
# that goes: its file first, the device next, the lease last.
end_lease() {
  lease_vm=$(tag_of microvm)
  if [ "$lv_open" = open ]; then refuse_open "$1" "$2"; fi
  begin "$1" "$2"
  write_attachment_file "$lease_vm" "$(tag_of id)"
  # The kernel refuses this while anything holds the device open: that is the fence.
  if [ "$lv_active" = active ] && ! lvchange -q -an "$lv_vg/$lv_name" >&2; then
    write_attachment_file "$lease_vm"
    trap - EXIT
    refuse_open "$1" "$2"
  fi
  set --
  for key in attachment lease-owner microvm drive root; do
    set -- "$@" --deltag "pulumi-lvm.$key=$(tag_of "$key")"
  done
  run lvchange -q "$@" "$lv_vg/$lv_name"
  finish
}

# refuse_open ACTION JSON: ends the step of end_lease while somebody holds the device open.
refuse_open() {
  refused "$1" "$2" "in use"
  fail open "the device of volume \"$lv_vg/$lv_name\" is held open" \
    "Stop microVM \"$lease_vm\" first ('fuser -v /dev/$lv_vg/$lv_name' shows who holds it), then run it again"
}
