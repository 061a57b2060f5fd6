"""The scratch volume of a drill: a thin logical volume that is removed in every case."""

import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from lvm import file_system
from lvm import logical_volume
from lvm import tag
from lvm.block_device import wait_for_device
from lvm.logical_volume import DRILL_OF, LogicalVolume
from repository.manifest import Manifest
from runtime.command import run
from runtime.failure import Failure
from runtime.interruption import shielded
from runtime.lease import lease
from segments.segment import SEGMENT_BYTES, segment_length

# What thin metadata takes for a mapping at most, its share of the trees included (thin_metadata_size(8)).
MAPPING_BYTES = 64


def drill_lease(volume_id: str, wait_seconds: float | None):
    """Who holds it may have a scratch volume of that volume; any that is there without it is left over. The reaper asks the same (reap.sh)."""
    return lease(f"drill-{volume_id}", f"a drill of volume {volume_id}", wait_seconds)


@contextmanager
def scratch_volume(pool: LogicalVolume, volume_id: str, size_bytes: int) -> Generator[LogicalVolume, None, None]:
    """Makes a volume that holds zeros, not activated at boot, tagged in the same command, and removes it when the block is left."""
    name = f"pulumi-lvm-drill-{secrets.token_hex(4)}"
    try:
        run("lvcreate", "-q", "-y", "-ay", "-ky", "-K", "-V", f"{size_bytes}b", "--thinpool", pool.name, "-n", name,
            "--addtag", tag.tag(DRILL_OF, volume_id), pool.group)  # fmt: skip
        made = next((each for each in logical_volume.look() if each.group == pool.group and each.name == name), None)
        if made is None:
            raise Failure("command", f'Cannot find scratch volume "{pool.group}/{name}"', "it was made, and is not there", "Run it again")
        wait_for_device(made.device)
        yield made
    finally:
        with shielded():
            for each in logical_volume.look():
                if each.group == pool.group and each.name == name:
                    _remove(each)


def sweep_scratch_volumes(volumes: Iterable[LogicalVolume], volume_id: str) -> bool:
    """Removes what dead drills of a volume left. The lease must be held. Tells whether there was anything."""
    left = [each for each in volumes if each.tag_value(DRILL_OF) == volume_id and not each.is_kept]
    for each in left:
        _remove(each)
    return bool(left)


def sweep_dead_drills(volumes: Iterable[LogicalVolume], volume_id: str) -> bool:
    """The same for who does not hold the lease: a drill under way is left alone."""
    if all(each.tag_value(DRILL_OF) != volume_id or each.is_kept for each in volumes):
        return False
    try:
        with drill_lease(volume_id, 0):
            # Looked at again: that drill may just have ended, and have removed its volume itself.
            return sweep_scratch_volumes(logical_volume.look(), volume_id)
    except Failure as failure:
        if failure.code != "busy":
            raise
        return False


def refuse_no_room(pool: LogicalVolume, manifest: Manifest, limit_percent: int, summary: str) -> None:
    """Raises Failure "full" unless all of a recovery point's data fits into a pool, with data and metadata below the limit after it."""
    chunks: set[int] = set()
    for index in manifest.segments:
        start = index * SEGMENT_BYTES
        chunks.update(range(start // pool.chunk_bytes, -(-(start + segment_length(index, manifest.size_bytes)) // pool.chunk_bytes)))
    needs = {
        "data": (len(chunks) * pool.chunk_bytes, pool.size_bytes, pool.data_percent),
        "metadata": (len(chunks) * MAPPING_BYTES, pool.metadata_bytes, pool.metadata_percent),
    }
    for name, (needed, size, used_percent) in needs.items():
        free = max(0, int(size * (limit_percent - used_percent) / 100))
        if needed > free:
            raise Failure(
                "full",
                summary,
                f'thin pool "{pool.path}" has {free} bytes of {name} free below its limit of {limit_percent} %, and the recovery point takes {needed}',
                "Grow the pool (size and metadataSize of the ThinPool), delete volumes in it, or take the drill out of the policy",
            )


def _remove(scratch: LogicalVolume) -> None:
    file_system.stop_check(scratch.name)
    logical_volume.remove_own(scratch)
