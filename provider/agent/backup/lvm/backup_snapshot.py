"""The snapshot that a backup reads: whether there is room for it, and whether it was large enough."""

import math

from lvm import logical_volume
from lvm.logical_volume import LogicalVolume
from runtime.failure import Failure


def find_room(volume: LogicalVolume, pool: LogicalVolume | None, snapshot_percent: int, full_percent: int) -> int | None:
    """Extents for a classic snapshot, None for a thin one. Raises Failure "full" when there is no room for either.

    snapshot_percent: what a classic one takes of its volume's size. full_percent: how full the pool may be.
    """
    summary = f'Cannot take a snapshot of "{volume.path}"'
    if pool is not None:
        logical_volume.refuse_full_pool(pool, full_percent, summary)
        return None
    extents = max(1, math.ceil(volume.size_bytes * snapshot_percent / 100 / volume.extent_bytes))
    if extents * volume.extent_bytes <= volume.group_free_bytes:
        return extents
    raise Failure(
        "full",
        summary,
        f'volume group "{volume.group}" has {volume.group_free_bytes} bytes free, and the snapshot takes {extents * volume.extent_bytes}',
        "Add a disk to the VolumeGroup, or set a smaller snapshotPercent",
    )


def refuse_overflow(snapshot: LogicalVolume, snapshot_percent: int) -> None:
    """Raises Failure "overflow" when a classic snapshot has run full: what it shows is not what was there."""
    found = logical_volume.find_uuid(logical_volume.look(), snapshot.uuid)
    if found is not None and not found.is_invalid_snapshot and found.snapshot_percent < 100:
        return
    raise Failure(
        "overflow",
        f'Cannot back up "{snapshot.group}/{snapshot.origin}"',
        f"more was written to it meanwhile than its snapshot has room for ({snapshot_percent} % of its size)",
        "Set a larger snapshotPercent, or back it up when less is written; volumes in a thin pool have no such limit",
    )
