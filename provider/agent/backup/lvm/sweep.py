"""Tidying up what a dead run left of logical volumes. Mounts and child processes went with the process; leases too."""

from collections.abc import Iterable
from pathlib import Path

from lvm import logical_volume
from lvm import thin_metadata
from lvm.base_snapshot import read_base_snapshot
from lvm.logical_volume import LogicalVolume
from lvm.scratch_volume import sweep_dead_drills
from runtime.failure import Failure
from runtime.lease import host_lock

# A step of a deployment seldom holds the host's lock for longer.
LOCK_SECONDS = 120


def sweep_snapshots(volumes: Iterable[LogicalVolume], volume_id: str, target: str, folder: Path) -> bool:
    """Removes the snapshots of dead runs, all but the base, and releases what they reserved; and what dead drills left. Tells whether there was any."""
    found = list(volumes)
    had_drills = sweep_dead_drills(found, volume_id)
    base = read_base_snapshot(folder)
    kept = base.snapshot_uuid if base is not None else ""
    left = [each for each in logical_volume.backup_snapshots(found, volume_id, target) if each.uuid != kept]
    for pool in found:
        thin_metadata.release_left_behind(pool)
    for snapshot in left:
        # Classic, it had its origin activated; a volume that nobody has attached is inactive otherwise.
        origin = next((each for each in found if each.group == snapshot.group and each.name == snapshot.origin and not snapshot.pool), None)
        remove_with_origin(snapshot, origin)
    for snapshot in found:
        if snapshot.uuid == kept and not snapshot.is_kept and snapshot.is_active and not snapshot.is_open:
            logical_volume.deactivate(snapshot)
    return had_drills or bool(left)


def remove_with_origin(snapshot: LogicalVolume, origin: LogicalVolume | None) -> None:
    """Removes a snapshot. origin: a volume that was activated for it; it is inactive again unless somebody has it by now."""
    logical_volume.remove_own(snapshot)
    if origin is None:
        return
    try:
        # An Attachment comes before this look or after the deactivation.
        with host_lock(LOCK_SECONDS):
            now = logical_volume.find_uuid(logical_volume.look(), origin.uuid)
            if now is not None and now.tag_value("pulumi-lvm.attachment") is None and now.tag_value("pulumi-lvm.pending") is None:
                logical_volume.deactivate(now)
    except Failure:
        pass  # somebody uses it, or the lock; the next pulumi up switches it off
