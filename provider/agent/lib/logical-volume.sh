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
  find_by=$1 find_value=$2
  # Split by the shell itself: "read" asks the kernel for each byte, and there may be hundreds of rows.
  set -f
  IFS='
'
  for row in $lv_rows; do
    IFS='|'
    # shellcheck disable=SC2086 # into its columns
    set -- $row
    row_vg=${1##* } row_tags=${12-}
    case $find_by in
      # As identityOf (observation/lookup.ts): what an older release made goes by its own id, or by LVM's UUID.
      identity)
        case ",$row_tags," in
          *",pulumi-lvm.identity=$find_value,"*) ;;
          *,pulumi-lvm.identity=*) continue ;;
          *",pulumi-lvm.id=$find_value,"*) ;;
          *,pulumi-lvm.id=*) continue ;;
          *) [ "$5" = "$find_value" ] || continue ;;
        esac
        ;;
      id) case ",$row_tags," in *",pulumi-lvm.id=$find_value,"*) ;; *) continue ;; esac ;;
      uuid) [ "$5" = "$find_value" ] || continue ;;
      path) [ "$row_vg/$4" = "$find_value" ] || continue ;;
    esac
    if [ -n "$lv_uuid" ]; then
      fail ambiguous "\"$lv_vg/$lv_name\" and \"$row_vg/$4\" both have $find_by $find_value" \
        "Find out which one is the copy, and take the pulumi-lvm tags off it with 'lvchange --deltag'"
    fi
    lv_vg=$row_vg lv_name=$4 lv_uuid=$5 lv_size=$6 lv_attr=$7 lv_active=$8 lv_open=$9 lv_auto=${10} lv_pool=${11} lv_tags=$row_tags
    vg_free=$2 vg_extent=$3
  done
  set +f
  unset IFS
}

# volumes_in VG POOL: "size name tags" of each logical volume in a thin pool, a line each. A backup's snapshot is part of its volume,
# and a drill's scratch volume goes by itself.
volumes_in() {
  pool_path=$1/$2
  set -f
  IFS='
'
  for row in $lv_rows; do
    case $row in *pulumi-lvm.backup-of=* | *pulumi-lvm.drill-of=*) continue ;; esac
    IFS='|'
    # shellcheck disable=SC2086 # into its columns
    set -- $row
    if [ "${1##* }/${11}" = "$pool_path" ]; then printf '%s %s %s\n' "$6" "$4" "${12-}"; fi
  done
  set +f
  unset IFS
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

# is_tagged KEY [TAGS]: whether our tag KEY is among TAGS, a comma-separated list, whatever its value.
is_tagged() {
  case ",${2-${lv_tags-}}," in *",pulumi-lvm.$1="*) return 0 ;; *) return 1 ;; esac
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

# find_tag_changes: sets tag_changes to options of lvchange with which the logical volume at hand gets just OWNER and LABELS (tags,
# space-separated); "" when it has them. No tag of LVM holds a blank, or what a shell would expand.
find_tag_changes() {
  tag_changes=
  wanted=" pulumi-lvm.owner=$OWNER $LABELS "
  IFS=,
  for tag in $lv_tags; do
    case $tag in
      pulumi-lvm.owner=* | pulumi-lvm.label.*) case $wanted in *" $tag "*) ;; *) tag_changes="$tag_changes --deltag $tag" ;; esac ;;
    esac
  done
  IFS=' '
  for tag in $wanted; do
    if ! has_tag "$tag"; then tag_changes="$tag_changes --addtag $tag"; fi
  done
  unset IFS
}

# refuse_taken_name: ends the step when there is another logical volume by the name VG/LV, which the one at hand is to get.
refuse_taken_name() {
  # In a subshell, so that the one that was found stays the one at hand.
  if (find_lv path "$VG/$LV" && [ -n "$lv_uuid" ]); then
    fail foreign "logical volume \"$VG/$LV\" exists already, so \"$VG/$lv_name\" cannot take that name" "Choose another name"
  fi
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
