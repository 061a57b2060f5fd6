# Finding and reading logical volumes. Ownership is an LV tag; names are never proof.

# find_lv SELECTION: sets lv_vg, lv_name, lv_uuid, lv_size (bytes), lv_active, lv_open, lv_pool and lv_tags of the one
# logical volume that fits (lvmreport(7), "Selection"). lv_uuid is empty when none does.
find_lv() {
  lv_rows=$(lvs --noheadings --units b --nosuffix --separator '|' \
    -o vg_name,lv_name,lv_uuid,lv_size,lv_active,lv_device_open,pool_lv,lv_tags -S "$1")
  lv_rows=${lv_rows#"${lv_rows%%[! ]*}"}
  case $lv_rows in
    *'
'*) fail ambiguous "more than one logical volume fits $1" \
      "Find out which one is the copy with 'lvs -o +lv_tags', and take the pulumi-lvm tags off it with 'lvchange --deltag'" ;;
  esac
  IFS='|' read -r lv_vg lv_name lv_uuid lv_size lv_active lv_open lv_pool lv_tags <<END
$lv_rows
END
}

has_tag() {
  case ",$lv_tags," in *",$1,"*) return 0 ;; *) return 1 ;; esac
}

# tag_of KEY [TAGS]: the value of our tag KEY among TAGS, a comma-separated list; "" when there is none.
tag_of() {
  case ",${2-${lv_tags-}}," in
    *",pulumi-lvm.$1="*)
      tag_rest=,${2-${lv_tags-}},
      tag_rest=${tag_rest#*",pulumi-lvm.$1="}
      printf '%s' "${tag_rest%%,*}"
      ;;
  esac
}

# require_vg VG: a volume group that cannot be seen is not proof that what it holds is gone.
require_vg() {
  if ! vgs --noheadings -o vg_uuid "$1" >/dev/null; then
    fail vg "volume group \"$1\" cannot be seen" \
      "Bring its disks back ('pvs -a' and 'vgs -P' show what is missing); if they are lost for good, remove its resources with 'pulumi state delete'"
  fi
}

# remove_vg VG: removes an empty volume group of ours, and the labels that its disks got.
# The disks are noted first: without the volume group nothing else says which labels were ours.
remove_vg() {
  mkdir -p "$STATE/released"
  pvs --noheadings -o pv_name -S "vg_name=\"$1\"" | tr -d ' ' >"$STATE/released/$1"
  sync "$STATE/released/$1"
  run vgremove -q -y "$1"
  release_disks "$1"
}

# release_disks VG: finishes a removal that was cut short.
release_disks() {
  [ -f "$STATE/released/$1" ] || return 0
  while read -r disk; do
    free=$(pvs --noheadings -o pv_name -S "pv_name=\"$disk\" && vg_name=\"\"")
    if [ -n "$free" ]; then run pvremove -q -y "$disk"; fi
  done <"$STATE/released/$1"
  rm -f "$STATE/released/$1"
}

# drop_unused_profiles: removes our profiles that no thin pool uses any more.
drop_unused_profiles() {
  used=$(lvs --noheadings -o lv_profile)
  for file in /etc/lvm/profile/pulumi-lvm-*.profile; do
    [ -e "$file" ] || continue
    name=${file##*/}
    case $used in *"${name%.profile}"*) ;; *) rm -f "$file" ;; esac
  done
}

# confined DEVICE COMMAND...: runs a tool that reads what a guest wrote, with nothing within reach but that one device.
# (mkfs writes to a volume that holds nothing yet, and mkfs.xfs wants CAP_SYS_ADMIN for the block size: it runs outside.)
confined() {
  confined_device=$1
  shift
  run systemd-run --quiet --wait --pipe --collect \
    -p PrivateNetwork=yes -p PrivateTmp=yes -p ProtectHome=yes -p ProtectSystem=strict -p NoNewPrivileges=yes \
    -p CapabilityBoundingSet= -p SystemCallFilter=@system-service \
    -p DevicePolicy=closed -p "DeviceAllow=$(readlink -f "$confined_device") rw" -- "$@"
}
