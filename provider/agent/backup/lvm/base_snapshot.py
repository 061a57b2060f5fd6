"""The base: what the next backup of a volume compares with. For a thin volume a snapshot that stays in the pool."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lvm.logical_volume import LogicalVolume, find_uuid
from repository.manifest import Manifest, read_manifest
from repository.recovery_point import RecoveryPoint
from runtime.state_files import read_json, remove_file, write_file


@dataclass(frozen=True)
class BaseSnapshot:
    """origin_uuid: LVM's UUID of the volume. snapshot_uuid, thin_id, pool_uuid, chunk_bytes: of a thin base; "" and 0 of a linear one.

    mapped_bytes: what a thin base maps in its pool; None when that is not known, as from the time before it was noted.
    """

    repository: str
    origin_uuid: str
    snapshot_uuid: str
    thin_id: int
    pool_uuid: str
    chunk_bytes: int
    mapped_bytes: int | None
    manifest: Manifest


def base_file(folder: Path) -> Path:
    return folder / "base.json"


def write_base_snapshot(folder: Path, base: BaseSnapshot) -> None:
    """From here on this is the base: the file names the snapshot, and every other one is left over."""
    facts = {name: value for name, value in asdict(base).items() if name != "manifest"}
    write_file(base_file(folder), f'{json.dumps(facts)[:-1]}, "manifest": {base.manifest.as_text()}}}\n')


def read_base_snapshot(folder: Path) -> BaseSnapshot | None:
    """The base as it was written; None when there is none or it cannot be read."""
    found: dict[str, Any] | None = read_json(base_file(folder))
    if found is None:
        return None
    try:
        return BaseSnapshot(
            repository=str(found["repository"]),
            origin_uuid=str(found["origin_uuid"]),
            snapshot_uuid=str(found["snapshot_uuid"]),
            thin_id=int(found["thin_id"]),
            pool_uuid=str(found["pool_uuid"]),
            chunk_bytes=int(found["chunk_bytes"]),
            mapped_bytes=int(found["mapped_bytes"]) if found.get("mapped_bytes") is not None else None,
            manifest=read_manifest(found["manifest"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def drop_base_snapshot(folder: Path) -> None:
    """Makes the next backup read all."""
    remove_file(base_file(folder))


def find_base_mismatch(
    base: BaseSnapshot | None,
    folder: Path,
    repository: str,
    points: list[RecoveryPoint],
    volume: LogicalVolume,
    pool: LogicalVolume | None,
    volumes: list[LogicalVolume],
) -> str | None:
    """Why a base cannot be used, in words; None when it is as it was left."""
    if base is None:
        return "the record of the base cannot be read" if base_file(folder).exists() else "there is no base yet"
    if base.repository != repository:
        return "the base belongs to another repository"
    if all(each.id != base.manifest.point for each in points):
        return f"the repository has lost recovery point {base.manifest.point}, which the base belongs to"
    if base.origin_uuid != volume.uuid:
        return "another logical volume holds the volume now"
    if volume.size_bytes < base.manifest.size_bytes:
        return "the volume is smaller than it was"
    if pool is None:
        return None if base.snapshot_uuid == "" else "the volume is not thin any more"
    snapshot = find_uuid(volumes, base.snapshot_uuid)
    if snapshot is None:
        return "the base snapshot is gone"
    if snapshot.is_kept:
        return "the base snapshot is a volume of its own now"
    if snapshot.thin_id != base.thin_id or snapshot.pool_uuid != base.pool_uuid or pool.uuid != base.pool_uuid:
        return "the base snapshot is another one than it was"
    if pool.chunk_bytes != base.chunk_bytes:
        return "the pool's chunk size is another one than it was"
    return None
