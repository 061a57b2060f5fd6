# Makes a volume group of named disks, or lets go of it.
# In:   ID (VG UUID; "" on create), IDENTITY, OWNER (value of the owner tag), MADE_BY (identity of the Host, or ""), HELD (identities that
#       resources of the state hold, space-separated), VG, DISKS (paths, one a line), EXTENT (bytes or ""), EXISTING (yes or no), ACTOR (JSON).
# Out:  report id (VG UUID).
# Exit: 0, or 9 after a "fail" line.

reconcile() {
  if [ "$EXISTING" = yes ]; then
    if [ -n "$ID" ]; then find_vg "vg_uuid=\"$ID\""; else find_vg "vg_name=\"$VG\""; fi
    if [ -z "$vg_uuid" ]; then
      fail gone "there is no volume group \"$VG\"" "Set name to one that 'vgs' shows there, or leave out existing and name the disks"
    fi
    if [ -n "$vg_exported$vg_shared" ]; then
      fail foreign "volume group \"$VG\" is ${vg_exported:-$vg_shared}, so it belongs to other machines too" "Name one that belongs to this host alone"
    fi
  else
    locate
    sync_name
    sync_disks
    sync_tags
  fi
  report id "$vg_uuid"
}

locate() {
  if [ -n "$ID" ]; then
    find_own_vg
    if [ -z "$vg_uuid" ]; then
      release_disks "$VG"
      fail gone "volume group \"$VG\" cannot be seen, or is another resource's" \
        "Bring its disks back ('pvs -a' shows what is missing); if they are lost for good, remove it and what it held with 'pulumi state delete'"
    fi
  else
    find_vg "vg_name=\"$VG\""
    if [ -z "$vg_uuid" ]; then ensure; else take_over; fi
  fi
}

# find_own_vg: by the rule of find_lv. Sets the same as find_vg.
find_own_vg() {
  find_vg "vg_tags={\"pulumi-lvm.identity=$IDENTITY\"} || vg_uuid=\"$IDENTITY\""
  if [ "$(identity_of "$vg_tags" "$vg_uuid")" != "$IDENTITY" ]; then vg_uuid=''; fi
}

# take_over: only what a create of this very resource left that was cut, with nothing in it; or what was deleted and waits for its volumes.
# It gets a new identity, so that whatever else knows it finds it gone.
take_over() {
  if has_vg_tag pulumi-lvm.leaving; then
    if ! has_vg_tag "pulumi-lvm.owner=$OWNER"; then refuse_foreign; fi
  elif ! is_left "$vg_tags" "$vg_uuid" || [ "$vg_count" != 0 ]; then
    refuse_foreign
  fi
  set -- --addtag "pulumi-lvm.identity=$IDENTITY"
  for key in identity made-by; do
    was=$(tag_of "$key" "$vg_tags")
    if [ -n "$was" ]; then set -- "$@" --deltag "pulumi-lvm.$key=$was"; fi
  done
  if [ -n "$MADE_BY" ]; then set -- "$@" --addtag "pulumi-lvm.made-by=$MADE_BY"; fi
  run vgchange -q "$@" "$VG"
}

# find_vg SELECTION: sets vg_name, vg_uuid, vg_exported ("exported" or ""), vg_shared ("shared" or ""), vg_count (logical volumes in it) and
# vg_tags; vg_uuid is empty when there is none.
find_vg() {
  vg_row=$(vgs --noheadings --separator '|' -o vg_name,vg_uuid,vg_exported,vg_shared,lv_count,vg_tags -S "$1") ||
    fail unseen "the volume groups cannot be seen" "Run 'vgs' there, and mend what it says"
  IFS='|' read -r vg_name vg_uuid vg_exported vg_shared vg_count vg_tags <<END
${vg_row#"${vg_row%%[! ]*}"}
END
}

ensure() {
  release_disks "$VG"
  # Without -y: what LVM finds on a disk all the same, it would ask about, and nobody answers.
  set --
  while read -r disk; do
    refuse_used "$disk"
    set -- "$@" "$disk"
  done <<END
$DISKS
END
  set -- "$VG" "$@"
  if [ -n "$EXTENT" ]; then set -- -s "${EXTENT}b" "$@"; fi
  if [ -n "$MADE_BY" ]; then set -- --addtag "pulumi-lvm.made-by=$MADE_BY" "$@"; fi
  run vgcreate -q --addtag "pulumi-lvm.identity=$IDENTITY" --addtag "pulumi-lvm.owner=$OWNER" "$@"
  find_vg "vg_name=\"$VG\""
}

# refuse_used DISK: a disk with anything on it is not ours to take.
refuse_used() {
  if [ ! -b "$1" ]; then
    fail disk "\"$1\" is not a block device" "Take a path that 'lsblk --paths' shows there, best one of /dev/disk/by-id"
  fi
  # wipefs names each signature, also where two of them contradict each other: blkid says nothing of such a disk, as of an empty one.
  if ! signatures=$(wipefs --no-act --noheadings --output TYPE "$1"); then
    fail unread "nobody can tell what is on disk \"$1\": wipefs cannot read it" "Look at it with 'wipefs --no-act $1', and take another disk if it is broken"
  fi
  if [ -n "$signatures" ]; then
    fail signature "disk \"$1\" has something on it: $(printf '%s' "$signatures" | sort -u | tr '\n' ' ')" \
      "If nobody needs it, wipe it by hand with 'wipefs -a $1'; nothing here ever does that"
  fi
  if ! users=$(lsblk -n -o NAME "$1"); then
    fail unread "nobody can tell what uses disk \"$1\": lsblk cannot read it" "Look at it with 'lsblk $1'"
  fi
  if [ "$(printf '%s\n' "$users" | wc -l)" -gt 1 ]; then
    fail used "disk \"$1\" is in use by another device" "'lsblk $1' shows by what"
  fi
}

refuse_foreign() {
  owner=$(tag_of owner "$vg_tags")
  fail foreign "volume group \"$VG\" exists and is not this one (its UUID is $vg_uuid, its owner ${owner:-not pulumi-lvm})" \
    "Choose another name, or set existing: true to use it as it is"
}

has_vg_tag() {
  case ",$vg_tags," in *",$1,"*) return 0 ;; *) return 1 ;; esac
}

sync_name() {
  if [ "$vg_name" = "$VG" ]; then return 0; fi
  run vgrename -q "$vg_name" "$VG"
}

sync_disks() {
  while read -r disk; do
    # Unchecked: pvs fails for a disk that is none of LVM's, and refuse_used looks at whatever is not in the group by its word.
    holder=$(pvs --noheadings -o vg_name "$disk" 2>/dev/null | tr -d ' ') || :
    if [ "$holder" = "$VG" ]; then continue; fi
    refuse_used "$disk"
    run vgextend -q "$VG" "$disk"
  done <<END
$DISKS
END
}

sync_tags() {
  set --
  if ! has_vg_tag "pulumi-lvm.owner=$OWNER"; then set -- --deltag "pulumi-lvm.owner=$(tag_of owner "$vg_tags")" --addtag "pulumi-lvm.owner=$OWNER"; fi
  if has_vg_tag pulumi-lvm.leaving; then set -- "$@" --deltag pulumi-lvm.leaving; fi
  if [ $# -gt 0 ]; then run vgchange -q "$@" "$VG"; fi
}

remove() {
  if [ "$EXISTING" = yes ]; then return 0; fi
  find_own_vg
  if [ -z "$vg_uuid" ]; then
    release_disks "$VG"
    # Gone with its disks still there is gone; with a disk missing it may come back.
    while read -r disk; do
      if [ ! -b "$disk" ]; then require_vg "$VG"; fi
    done <<END
$DISKS
END
    return 0
  fi
  if ! is_tagged owner "$vg_tags"; then
    fail foreign "volume group \"$vg_name\" carries no tag of ours any more" "Remove it from the state with 'pulumi state delete'"
  fi
  inside=$(lvs --noheadings --separator '|' -o lv_name,lv_tags "$vg_name") ||
    fail unseen "what volume group \"$vg_name\" holds cannot be seen" "Run 'lvs $vg_name' there, and mend what it says"
  live=$(printf '%s' "$inside" | grep -v -e 'pulumi-lvm.reap-after=' -e 'pulumi-lvm.leaving' -e 'pulumi-lvm.backup-of=' -e 'pulumi-lvm.drill-of=' | cut -d '|' -f 1 | tr -d '\n') || :
  if [ -n "$live" ]; then
    fail inuse "volume group \"$vg_name\" holds$live" "Remove these first"
  fi
  if [ -n "$inside" ]; then
    # Whoever makes it again may have it: it is no other Host's any more.
    run vgchange -q --addtag pulumi-lvm.leaving --deltag "pulumi-lvm.made-by=$(tag_of made-by "$vg_tags")" "$vg_name"
  else
    remove_vg "$vg_name"
  fi
}
