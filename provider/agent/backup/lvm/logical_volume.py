"""Logical volumes: finding them, and making and removing the snapshots of a backup. Names are never proof; tags and UUIDs are."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lvm import tag
from lvm.block_device import device_size, wait_for_device
from runtime.command import run
from runtime.failure import Failure

VOLUME = "pulumi-lvm.id"
# Whatever carries one of these is a volume, or somebody's: never to be removed as something of a backup's own, whatever else it carries.
_KEPT = (VOLUME, "pulumi-lvm.owner", "pulumi-lvm.attachment")
# A snapshot with these belongs to the backups of that volume to that target. It is no volume: it has no id of its own.
BACKUP_OF = "pulumi-lvm.backup-of"
BACKUP_TARGET = "pulumi-lvm.backup-target"
# A thin volume with this is where a recovery point of that volume was restored to for a drill; it is thrown away.
DRILL_OF = "pulumi-lvm.drill-of"

_FIELDS = (
    "vg_name,vg_free,vg_extent_size,lv_name,lv_uuid,lv_size,lv_active,lv_device_open,pool_lv,pool_lv_uuid,origin,"
    "thin_id,chunk_size,lv_metadata_size,data_percent,metadata_percent,snap_percent,lv_snapshot_invalid,lv_health_status,lv_tags"
)


@dataclass(frozen=True)
class LogicalVolume:
    """A logical volume as lvs(8) reports it; sizes in bytes, shares in percent. Fields that do not apply are "" or 0."""

    group: str
    group_free_bytes: int
    extent_bytes: int
    name: str
    uuid: str
    size_bytes: int
    is_active: bool
    is_open: bool
    pool: str
    pool_uuid: str
    origin: str
    thin_id: int
    chunk_bytes: int
    metadata_bytes: int
    data_percent: float
    metadata_percent: float
    snapshot_percent: float
    is_invalid_snapshot: bool
    health: str
    tags: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"{self.group}/{self.name}"

    @property
    def device(self) -> str:
        return f"/dev/{self.group}/{self.name}"

    @property
    def is_kept(self) -> bool:
        """Whether it is more than something of a backup's own, such as a snapshot that was adopted as a volume."""
        return any(self.tag_value(key) is not None for key in _KEPT)

    def tag_value(self, key: str) -> str | None:
        return tag.value_of(self.tags, key)

    def tag_values(self, key: str) -> list[str]:
        """All values of a key that may be there several times."""
        return tag.values_of(self.tags, key)


def look() -> list[LogicalVolume]:
    """All logical volumes of the host, by one command: each costs more than everything else in a step."""
    return parse_report(run("lvs", "--units", "b", "--nosuffix", "--reportformat", "json", "-o", _FIELDS))


def parse_report(text: str) -> list[LogicalVolume]:
    """What lvs(8) prints as JSON with sizes in bytes."""
    return [_read(row) for row in json.loads(text)["report"][0]["lv"]]


def _read(row: dict[str, str]) -> LogicalVolume:
    def number(name: str) -> int:
        return int(row[name] or 0)

    def percent(name: str) -> float:
        return float(row[name] or 0)

    return LogicalVolume(
        group=row["vg_name"],
        group_free_bytes=number("vg_free"),
        extent_bytes=number("vg_extent_size"),
        name=row["lv_name"],
        uuid=row["lv_uuid"],
        size_bytes=number("lv_size"),
        is_active=row["lv_active"] == "active",
        is_open=row["lv_device_open"] == "open",
        pool=row["pool_lv"],
        pool_uuid=row["pool_lv_uuid"],
        origin=row["origin"],
        thin_id=number("thin_id"),
        chunk_bytes=number("chunk_size"),
        metadata_bytes=number("lv_metadata_size"),
        data_percent=percent("data_percent"),
        metadata_percent=percent("metadata_percent"),
        snapshot_percent=percent("snap_percent"),
        is_invalid_snapshot=row["lv_snapshot_invalid"] == "snapshot invalid",
        health=row["lv_health_status"],
        tags=tuple(each for each in row["lv_tags"].split(",") if each),
    )


def find_volume(volumes: Iterable[LogicalVolume], volume_id: str, action: str = "back up") -> LogicalVolume:
    """The logical volume that carries a volume's id. Raises Failure "gone", "ambiguous", "deleted" or "unfinished"."""
    found = [each for each in volumes if each.tag_value(VOLUME) == volume_id]
    if not found:
        raise Failure(
            "gone",
            f"Cannot {action} volume {volume_id}",
            "no logical volume of this host carries its id",
            "Bring its volume group back ('vgs' and 'pvs -a' show what is there), or remove its backups from the program",
        )
    if len(found) > 1:
        raise Failure(
            "ambiguous",
            f"Cannot {action} volume {volume_id}",
            f'"{found[0].path}" and "{found[1].path}" both carry its id',
            "Find out which one is the copy, and take the pulumi-lvm tags off it with 'lvchange --deltag'",
        )
    [volume] = found
    if volume.tag_value("pulumi-lvm.reap-after") is not None:
        raise Failure("deleted", f'Cannot {action} "{volume.path}"', "the volume was deleted", 'Bring it back with "adopt" first')
    due = [each for each in volume.tag_values("pulumi-lvm.pending") if each != "grow"]
    if due:
        raise Failure("unfinished", f'Cannot {action} "{volume.path}"', f"it is not finished ({', '.join(due)})", "Run pulumi up first")
    return volume


def find_uuid(volumes: Iterable[LogicalVolume], uuid: str) -> LogicalVolume | None:
    return next((each for each in volumes if each.uuid == uuid), None)


def backup_snapshots(volumes: Iterable[LogicalVolume], volume_id: str, target: str | None = None) -> list[LogicalVolume]:
    """The snapshots that backups of a volume made, to one target or to all. One that became a volume is none any more."""
    return [
        each
        for each in volumes
        if not each.is_kept and each.tag_value(BACKUP_OF) == volume_id and target in (None, each.tag_value(BACKUP_TARGET))
    ]


def refuse_full_pool(pool: LogicalVolume, limit_percent: int, summary: str) -> None:
    """Raises Failure "full" when a thin pool's data or metadata is used up to the limit, or LVM says that the pool is not well."""
    used = {"data": pool.data_percent, "metadata": pool.metadata_percent}
    full = [f"its {name} is {share:.2f} % full" for name, share in used.items() if share >= limit_percent]
    if pool.health:
        full.append(f"LVM says of it: {pool.health}")
    if full:
        raise Failure(
            "full",
            summary,
            f'thin pool "{pool.path}": {", ".join(full)}; what is written now takes new room, and the limit is {limit_percent} %',
            f"Grow the pool ('lvextend -L +SIZE {pool.path}', or size and metadataSize of the ThinPool), or delete volumes in it",
        )


def has_foreign_origin(volumes: Iterable[LogicalVolume], volume: LogicalVolume) -> bool:
    """Whether a thin volume shows what lies outside of its pool, which the pool's metadata then does not tell ("external origin", lvmthin(7))."""
    by_name = {each.name: each for each in volumes if each.group == volume.group}
    at = by_name.get(volume.origin)
    while at is not None:
        if at.pool != volume.pool:
            return True
        at = by_name.get(at.origin)
    return False


def make_snapshot(volume: LogicalVolume, volume_id: str, target: str, copy_on_write_extents: int | None) -> str:
    """Makes a snapshot and tags it in the same command, active alone. Returns its name. A thin one is never activated at boot.

    copy_on_write_extents: the space of a classic snapshot; None for a thin one.
    """
    name = f"pulumi-lvm-backup-{secrets.token_hex(4)}"
    size = [] if copy_on_write_extents is None else ["-l", str(copy_on_write_extents)]
    tags = ["--addtag", tag.tag(BACKUP_OF, volume_id), "--addtag", tag.tag(BACKUP_TARGET, target)]
    run("lvcreate", "-q", "-y", "-s", "-ay", "-K", *size, *tags, "-n", name, volume.path)
    return name


def open_snapshot(group: str, name: str) -> LogicalVolume:
    """A snapshot that was made just now, active and with its device there."""
    made = [each for each in look() if each.group == group and each.name == name]
    if len(made) != 1:
        raise Failure("command", f'Cannot find snapshot "{group}/{name}"', "it was made, and is not there", "Run it again")
    if not made[0].is_active:
        # lvcreate leaves the classic snapshot of an inactive volume inactive, whatever it is asked.
        run("lvchange", "-q", "-y", "-ay", "-K", made[0].path)
    wait_for_device(made[0].device)
    # LVM calls the room that a classic snapshot has its size; what it shows is as large as its origin.
    return replace(made[0], size_bytes=device_size(made[0].device))


def remove_own(made: LogicalVolume) -> None:
    """Removes a snapshot or a scratch volume of ours, by the tags that it carries now; one that is gone is fine.

    Raises Failure "device" when it is a volume by now.
    """
    now = find_uuid(look(), made.uuid)
    if now is None:
        return
    if now.is_kept:
        raise Failure(
            "device",
            f'Cannot remove "{now.path}"',
            f"a backup made it, and it carries the tags of a volume: {', '.join(now.tags)}",
            f"If it is a volume take '{BACKUP_OF}', '{BACKUP_TARGET}' and '{DRILL_OF}' off it ('lvchange --deltag')",
        )
    run("lvremove", "-q", "-y", now.path)


def deactivate(volume: LogicalVolume) -> None:
    run("lvchange", "-q", "-an", volume.path)
