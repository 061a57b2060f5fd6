# Finding and reading logical volumes. What a resource made is told by its identity, which is a tag; names and owners are never proof.

# look: takes down all logical volumes of the host. One command, because each costs more than everything else in a step.
look() {
  lv_rows=$(lvs --noheadings --units b --nosuffix --separator '|' \
    -o vg_name,vg_free,vg_extent_size,lv_name,lv_uuid,lv_size,lv_attr,lv_active,lv_device_open,lv_autoactivation,pool_lv,lv_tags) ||
    fail unseen "the logical volumes cannot be seen" "Run 'lvs' there, and mend what it says"
}

# find_lv identity IDENTITY | id ID | uuid UUID | path VG/LV: sets lv_vg, lv_name, lv_uuid, lv_size (bytes), lv_attr (lvs(8)), lv_active, lv_open, lv_auto,
# lv_pool and lv_tags of the logical volume that was meant when the host was last looked at, and vg_free and vg_extent (bytes) of its volume
# group. lv_uuid is empty when there is none.
find_lv() {
  lv_uuid='' lv_vg='' lv_name='' lv_size='' lv_attr='' lv_active='' lv_open='' lv_auto='' lv_pool='' lv_tags=''
  while IFS='|' read -r row_vg row_free row_extent row_name row_uuid row_size row_attr row_active row_open row_auto row_pool row_tags; do
    row_vg=${row_vg##* }
    case $1 in
      # As identityOf (observation/lookup.ts): what an older release made goes by its own id, or by LVM's UUID.
      identity)
        case ",$row_tags," in
          *",pulumi-lvm.identity=$2,"*) ;;
          *,pulumi-lvm.identity=*) continue ;;
          *",pulumi-lvm.id=$2,"*) ;;
          *,pulumi-lvm.id=*) continue ;;
          *) [ "$row_uuid" = "$2" ] || continue ;;
        esac
        ;;
      id) case ",$row_tags," in *",pulumi-lvm.id=$2,"*) ;; *) continue ;; esac ;;
      uuid) [ "$row_uuid" = "$2" ] || continue ;;
      path) [ "$row_vg/$row_name" = "$2" ] || continue ;;
    esac
    if [ -n "$lv_uuid" ]; then
      fail ambiguous "\"$lv_vg/$lv_name\" and \"$row_vg/$row_name\" both have $1 $2" \
        "Find out which one is the copy, and take the pulumi-lvm tags off it with 'lvchange --deltag'"
    fi
    lv_vg=$row_vg lv_name=$row_name lv_uuid=$row_uuid lv_size=$row_size lv_attr=$row_attr
    lv_active=$row_active lv_open=$row_open lv_auto=$row_auto lv_pool=$row_pool lv_tags=$row_tags
    vg_free=$row_free vg_extent=$row_extent
  done <<END
$lv_rows
END
}

# volumes_in VG POOL: "size name tags" of each logical volume in a thin pool, a line each. A backup's snapshot is part of its volume,
# and a drill's scratch volume goes by itself.
volumes_in() {
  while IFS='|' read -r row_vg row_free row_extent row_name row_uuid row_size row_attr row_active row_open row_auto row_pool row_tags; do
    case $row_tags in *pulumi-lvm.backup-of=* | *pulumi-lvm.drill-of=*) continue ;; esac
    if [ "${row_vg##* }/$row_pool" = "$1/$2" ]; then printf '%s %s %s\n' "$row_size" "$row_name" "$row_tags"; fi
  done <<END
$lv_rows
END
}

# remove_backup_state ID: removes what backups of a volume keep on the host: snapshots, the record of the base, status and metrics.
# A snapshot that is open belongs to a backup under way, which removes it itself; if it dies, the reaper does.
remove_backup_state() {
  remove_backup_snapshots "$1"
  remove_drills "$1"
  rm -rf "${STATE:?}/backups/$1"
  rm -f "$STATE/metrics/pulumi_lvm_backup_$1"_*.prom
}

# remove_backup_snapshots [ID]: of one volume, or of all that are not on the host any more.
remove_backup_snapshots() {
  printf '%s\n' "$lv_rows" | while IFS='|' read -r row_vg _ _ row_name _ _ _ _ row_open _ _ row_tags; do
    row_id=$(tag_of backup-of "$row_tags")
    if [ -z "$row_id" ] || [ "$row_open" = open ]; then continue; fi
    if [ $# -eq 1 ]; then
      [ "$row_id" = "$1" ] || continue
    else
      case "$lv_rows" in *"pulumi-lvm.id=$row_id"*) continue ;; esac
    fi
    # Whatever else it is called, a volume of its own is no snapshot of ours.
    if [ -n "$(tag_of id "$row_tags")$(tag_of owner "$row_tags")$(tag_of attachment "$row_tags")" ]; then continue; fi
    run lvremove -q -y "${row_vg##* }/$row_name"
  done
}

# remove_drills [ID]: the scratch volumes of dead drills, of one volume or of all. Who holds the lease is alive (backup/scratch_volume.py).
remove_drills() {
  printf '%s\n' "$lv_rows" | while IFS='|' read -r row_vg _ _ row_name _ _ _ _ _ _ _ row_tags; do
    row_id=$(tag_of drill-of "$row_tags")
    if [ -z "$row_id" ] || [ "$row_id" != "${1:-$row_id}" ]; then continue; fi
    if [ -n "$(tag_of id "$row_tags")$(tag_of owner "$row_tags")$(tag_of attachment "$row_tags")" ]; then continue; fi
    (
      flock -n 8 || exit 0
      # That drill may have ended since the host was looked at.
      lvs "${row_vg##* }/$row_name" >/dev/null 2>&1 || exit 0
      # A check of its file system is a service of its own, and may have outlived it.
      systemctl stop "$row_name.service" >/dev/null 2>&1 || :
      run lvremove -q -y "${row_vg##* }/$row_name" 8>&-
    ) 8>>"$RUN/drill-$row_id.lock"
  done
}

# run_in_pool VG/POOL COMMAND...: a command that needs room in a thin pool. When it fails for want of that, it is said as a backup says it
# (refuse_full_pool in backup/lvm/logical_volume.py). LVM refuses at a threshold of its own, so that the pool need not be at 100 %.
run_in_pool() {
  in_pool=$1
  shift
  if said=$("$@" 2>&1); then return 0; else rc=$?; fi
  printf '%s\n' "$said" >&2
  IFS='|' read -r data metadata health <<END
$(lvs --noheadings --separator '|' -o data_percent,metadata_percent,lv_health_status "$in_pool" | tr -d ' ')
END
  case $said in
    *threshold*) ;;
    *) if [ -z "$health" ] && awk "BEGIN { exit ${data:-0} >= 95 || ${metadata:-0} >= 95 }"; then fail_command "$rc" "$@"; fi ;;
  esac
  fail full "thin pool \"$in_pool\": its data is $data % full, its metadata is $metadata % full${health:+, LVM says of it: $health}; what is written now takes new room" \
    "Grow the pool ('lvextend -L +SIZE $in_pool', or size and metadataSize of the ThinPool), or delete volumes in it"
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

# describe_volume: members of an event about the logical volume at hand, of which the step says ID, VG, LV and OWNER.
describe_volume() {
  printf '"volume":"%s","logicalVolume":"%s/%s","uuid":"%s","owner":"%s"' "$ID" "$VG" "$LV" "$lv_uuid" "$OWNER"
}

# refuse_unzeroed ALLOWED: ends the step when the thin pool at hand does not zero new chunks, unless ALLOWED is yes.
# The first character of the attributes says that it is a pool, the eighth that it zeroes (lvs(8)).
refuse_unzeroed() {
  case $lv_attr in t??????z*) return 0 ;; esac
  if [ "$1" = yes ]; then return 0; fi
  fail unzeroed "thin pool \"$lv_vg/$lv_name\" does not zero new chunks, so a volume would show what others deleted" \
    "Switch it on with 'lvchange --zero y $lv_vg/$lv_name', or set allowUnzeroedChunks on the ThinPool"
}

# identity_of TAGS UUID: whose something is, by the rule of find_lv.
identity_of() {
  identity_found=$(tag_of identity "$1")
  if [ -z "$identity_found" ]; then identity_found=$(tag_of id "$1"); fi
  printf '%s' "${identity_found:-$2}"
}

# is_left TAGS UUID: true when a create of this resource made it, by the Host of the same stack, and no resource of the state at hand has it.
# Reads OWNER, MADE_BY (identity of the Host, or "") and HELD (identities that resources of the state hold).
is_left() {
  case ",$1," in *",pulumi-lvm.owner=$OWNER,"*) ;; *) return 1 ;; esac
  case ",$1," in *",pulumi-lvm.made-by=${MADE_BY:-nobody},"*) ;; *) return 1 ;; esac
  case " $HELD " in *" $(identity_of "$1" "$2") "*) return 1 ;; esac
}

# refuse_unfinished: ends the step when the volume still has to be zeroed, formatted or restored, or its file system grows.
refuse_unfinished() {
  for due in zero mkfs restore resize; do
    if ! has_tag "pulumi-lvm.pending=$due"; then continue; fi
    fail unfinished "volume \"$lv_vg/$lv_name\" is not finished: its $due is still due or under way" "Run pulumi up for the stack that declares the volume"
  done
}

# require_vg VG: sets vg_free and vg_extent in bytes. A volume group that cannot be seen is not proof that what it holds is gone.
require_vg() {
  if ! vg_row=$(vgs --noheadings --units b --nosuffix --separator '|' -o vg_free,vg_extent_size "$1"); then
    fail vg "volume group \"$1\" cannot be seen" \
      "Bring its disks back ('pvs -a' and 'vgs -P' show what is missing); if they are lost for good, remove its resources with 'pulumi state delete'"
  fi
  IFS='|' read -r vg_free vg_extent <<END
${vg_row##* }
END
}

# remove_lv VG/LV: removes one logical volume, or thin pool. Without -y: LVM asks before it takes anything along, such as the volumes of a
# pool or the snapshots of an origin, and nobody answers.
remove_lv() {
  run lvchange -q -an "$1"
  run lvremove -q "$1"
}

# is_removable: whether the volume at hand may go as a deleted one. A plain volume or a thin one (lv_attr in lvs(8)): nothing else is ever
# deleted as a volume, whatever its tags say. It may have been adopted, and a device that is open is in use whatever its tags say.
is_removable() {
  if [ -z "$(tag_of reap-after)" ] || [ -n "$(tag_of attachment)" ] || [ "$lv_open" = open ]; then return 1; fi
  case $lv_attr in
    -* | o* | V*) return 0 ;;
    *) return 1 ;;
  esac
}

# describe_deleted: the deleted volume at hand, as a member of an event.
describe_deleted() {
  printf '"volume":"%s","logicalVolume":"%s/%s","uuid":"%s"' "$(tag_of id)" "$lv_vg" "$lv_name" "$lv_uuid"
}

# remove_deleted ACTION: removes the deleted volume at hand, and what backups kept of it on the host.
remove_deleted() {
  begin "$1" "$(describe_deleted)"
  remove_backup_state "$(tag_of id)"
  remove_lv "$lv_vg/$lv_name"
  finish
}

# remove_vg VG: removes an empty volume group of ours, and the labels that its disks got.
# The disks are noted first: without the volume group nothing else says which labels were ours.
remove_vg() {
  mkdir -p "$STATE/released"
  disks=$(pvs --noheadings -o pv_name -S "vg_name=\"$1\"") || fail vg "the disks of volume group \"$1\" cannot be seen" "Look at them with 'pvs -a'"
  printf '%s\n' "$disks" | tr -d ' ' >"$STATE/released/$1"
  sync "$STATE/released/$1"
  # Without -y, as in remove_lv: what came to lie in it meanwhile would go along.
  run vgremove -q "$1"
  release_disks "$1"
}

# release_disks VG: finishes a removal that was cut short.
release_disks() {
  [ -f "$STATE/released/$1" ] || return 0
  while read -r disk; do
    free=$(pvs --noheadings -o pv_name -S "pv_name=\"$disk\" && vg_name=\"\"") ||
      fail vg "disk \"$disk\" of volume group \"$1\", which is gone, cannot be seen" "Look at it with 'pvs -a', then run it again"
    if [ -n "$free" ]; then run pvremove -q -y "$disk"; fi
  done <"$STATE/released/$1"
  rm -f "$STATE/released/$1"
}

# drop_unused_profiles: removes our profiles that no thin pool uses any more.
drop_unused_profiles() {
  used=$(lvs --noheadings -o lv_profile) || return 0
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
