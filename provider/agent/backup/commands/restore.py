"""The command "restore": a recovery point into a block device that others made, read back and compared."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lvm import logical_volume
from lvm.block_device import wait_for_device
from lvm.logical_volume import LogicalVolume
from lvm.thin_metadata import read_mapping
from repository.manifest import Manifest
from repository.recovery_point import find_contents, load_manifest, select
from repository.repository import Repository
from repository.verification_mark import trusted
from runtime.command import run
from runtime.failure import Failure
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, text_of, whole_of
from segments.mounted_view import mounted
from segments.segment import BLKFLSBUF, HashTable, hash_of_zeros, hash_segments, segment_count, segment_length, segments_of
from segments.write_view import WriteView


def restore(request: Request, progress: Progress) -> dict[str, Any]:
    """Fills a device. It may hold a half of an earlier run: it is emptied first. Raises Failure "mismatch" unless all of it is right."""
    started = time.monotonic()
    device = text_of(request.fields, "device")
    uuid = text_of(request.fields, "expectLvUuid")
    with lease(f"restore-{uuid}", f"a restore into {device}", request.limits.wait_seconds):
        progress.report("prepare")
        target, pool = _target(device, uuid)
        repository = Repository(request.access(), request.limits, None)
        point = select(trusted(find_contents(repository).points), request.fields.get("recoveryPoint"))
        manifest = load_manifest(repository, point)
        if target.size_bytes < manifest.size_bytes:
            raise Failure(
                "small",
                f"Cannot restore recovery point {point.id} into {device}",
                f"the volume had {manifest.size_bytes} bytes, and the device has {target.size_bytes}",
                "Make the new volume at least as large",
            )
        if pool is not None:
            limit = whole_of(request.fields, "poolFullPercent", 95, 100)
            logical_volume.refuse_full_pool(pool, limit, f"Cannot restore recovery point {point.id} into {device}")
        progress.report("empty", 0, target.size_bytes)
        _empty(device, target, pool)
        written = fill(repository, point.data, device, manifest, progress)
        compared = compare(device, target, pool, manifest, progress)
        return {
            "recoveryPoint": point.as_json(),
            "sizeBytes": manifest.size_bytes,
            "digest": manifest.digest,
            "bytesWritten": written,
            "bytesCompared": compared,
            "durationSeconds": round(time.monotonic() - started, 3),
        }


def _target(device: str, uuid: str) -> tuple[LogicalVolume, LogicalVolume | None]:
    """The logical volume that is meant and waits for it, and its pool. Raises Failure "device" for any other."""
    volumes = logical_volume.look()
    found = logical_volume.find_uuid(volumes, uuid)
    if found is None or found.device != device:
        was = "no logical volume has it" if found is None else f"that is {found.device}"
        raise Failure("device", f"Cannot restore into {device}", f"its LV UUID has to be {uuid}, and {was}", "Run pulumi up again")
    if found.tag_value("pulumi-lvm.attachment") is not None or found.is_open:
        raise Failure("device", f"Cannot restore into {device}", "it is in use", "A restore makes a new volume: declare another one")
    if "restore" not in found.tag_values("pulumi-lvm.pending"):
        raise Failure(
            "device",
            f"Cannot restore into {device}",
            "it does not wait for a restore: what it holds would be lost",
            "A restore makes a new volume: declare another one, with the backup as its source",
        )
    if not found.is_active:
        run("lvchange", "-q", "-ay", "-K", found.path)
    wait_for_device(device)
    return found, next((each for each in volumes if found.pool and each.uuid == found.pool_uuid), None)


def _empty(device: str, target: LogicalVolume, pool: LogicalVolume | None) -> None:
    """Makes the device read as zeros. A thin one gives its chunks back for that."""
    if pool is None:
        run("blkdiscard", "-z", device)
        return
    try:
        run("blkdiscard", device)
    except Failure:
        run("blkdiscard", "-z", device)  # a pool that ignores discards
        return
    # The kernel discards whole chunks only: what is left at the end is zeroed when there is something.
    rest = target.size_bytes % pool.chunk_bytes
    descriptor = os.open(device, os.O_RDWR | os.O_CLOEXEC)
    try:
        if rest and os.pread(descriptor, rest, target.size_bytes - rest).count(0) != rest:
            os.pwrite(descriptor, bytes(rest), target.size_bytes - rest)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fill(
    repository: Repository, data: str, device: str, manifest: Manifest, progress: Progress, watch: Callable[[], None] | None = None
) -> int:
    """Lets restic restore into the view. The device must read as zeros. Returns the bytes written; zeros are not.

    watch: called at least each second meanwhile, to end it by an exception; who gives it keeps pruning off, and restic takes no lock.
    """
    table = HashTable(segment_count(manifest.size_bytes))
    total = sum(segment_length(index, manifest.size_bytes) for index in manifest.segments)

    def view(descriptor: int) -> WriteView:
        return WriteView(descriptor, manifest.size_bytes, table)

    def tick() -> None:
        progress.report("restore", table.counted, total)
        if watch is not None:
            watch()

    def bring(folder: Path) -> str:
        return repository.run("restore", *(["--no-lock"] if watch is not None else []), data, "--target", str(folder), tick=tick)

    progress.report("restore", 0, total)
    with mounted(view, device, is_writable=True) as folder:
        repository.unlocking(lambda: bring(folder))
    return table.counted


def compare(device: str, target: LogicalVolume, pool: LogicalVolume | None, manifest: Manifest, progress: Progress) -> int:
    """Reads back what the device holds, also where it should hold nothing. Returns the bytes read."""
    descriptor = os.open(device, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
        fcntl.ioctl(descriptor, BLKFLSBUF, 0)
    finally:
        os.close(descriptor)
    # What a thin volume does not map reads as zeros, by the kernel's word (thin-provisioning); all else is read.
    indexes = set(range(segment_count(target.size_bytes)))
    if pool is not None:
        indexes = segments_of(read_mapping(pool, target).mapped, target.size_bytes) | set(manifest.segments)
    total = sum(segment_length(index, target.size_bytes) for index in indexes)
    done = 0
    # In the source's lengths first; what the device has beyond the source's size must be zeros.
    inside = sorted(index for index in indexes if segment_length(index, manifest.size_bytes) > 0)
    for index, found in hash_segments(device, inside, manifest.size_bytes):
        length = segment_length(index, manifest.size_bytes)
        known = manifest.segments.get(index)
        expected = known.sha256 if known is not None else hash_of_zeros(length)
        if found != expected:
            raise _mismatch(device, index, found, expected)
        done += length
        progress.report("compare", done, total)
    last = segment_count(manifest.size_bytes) - 1
    for index, found in hash_segments(device, sorted(indexes - set(inside)), target.size_bytes):
        if found != hash_of_zeros(segment_length(index, target.size_bytes)):
            raise _mismatch(device, index, found, "that of zeros")
        done += segment_length(index, target.size_bytes)
        progress.report("compare", done, total)
    more = segment_length(last, target.size_bytes) - segment_length(last, manifest.size_bytes)
    if more:
        with open(device, "rb", buffering=0) as file:
            file.seek(manifest.size_bytes)
            if file.read(more).count(0) != more:
                raise _mismatch(device, last, "other", "that of zeros behind the end of the source")
    return done


def _mismatch(device: str, index: int, found: str, expected: str) -> Failure:
    return Failure(
        "mismatch",
        f"Cannot trust what was restored into {device}",
        f"segment {index} has SHA-256 {found}, and the manifest says {expected}",
        "Run it again; if it comes back, the disk or the repository is damaged: verify the recovery point, or restore another one",
    )
