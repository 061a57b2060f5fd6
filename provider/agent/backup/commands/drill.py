"""The command "drill": a real restore into a scratch volume, with its file system checked and its time measured."""

import time
from collections.abc import Callable
from typing import Any

from commands.restore import compare, fill
from lvm import file_system
from lvm import logical_volume
from lvm.logical_volume import LogicalVolume
from lvm.scratch_volume import drill_lease, refuse_no_room, scratch_volume, sweep_dead_drills, sweep_scratch_volumes
from repository import verification_mark
from repository.damage import confirmed
from repository.recovery_point import find_contents, load_manifest, select
from repository.repository import Repository
from runtime.failure import Failure
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, volume_id_of, whole_of
from scheduling.execute_run import Facts

# How often it looks at how full the pool is.
LOOK_SECONDS = 10


def clean_up_drill(request: Request) -> None:
    """Removes what dead drills of a volume left; a drill under way is left alone."""
    sweep_dead_drills(logical_volume.look(), volume_id_of(request.fields))


def drill(request: Request, progress: Progress, facts: Facts) -> dict[str, Any]:
    """Restores a recovery point of a volume into its pool and throws it away. A good drill verifies the point: all of it was read.

    Raises Failure "full" before anything is made when the pool lacks room, and "filesystem" when the file system is not sound.
    """
    volume_id = volume_id_of(request.fields)
    limit = whole_of(request.fields, "poolFullPercent", 95, 100)
    progress.report("prepare")
    with drill_lease(volume_id, request.limits.wait_seconds):
        volumes = logical_volume.look()
        if sweep_scratch_volumes(volumes, volume_id):
            volumes = logical_volume.look()
        volume = logical_volume.find_volume(volumes, volume_id, "try a restore of")
        summary = f'Cannot try a restore of "{volume.path}"'
        pool = _pool(volume, volumes, summary)
        # Without restic's cache, as on a host that has nothing but the repository.
        repository = Repository(request.access(), request.limits, None)
        points = [each for each in find_contents(repository).points if each.volume_id == volume_id]
        point = select(points, request.fields.get("recoveryPoint", "latest"))
        facts.members["recoveryPoint"] = point.id

        def attempt() -> dict[str, Any]:
            started = time.monotonic()
            manifest = load_manifest(repository, point)
            logical_volume.refuse_full_pool(pool, limit, summary)
            refuse_no_room(pool, manifest, limit, summary)
            with scratch_volume(pool, volume_id, manifest.size_bytes) as scratch:
                watch = _watch(pool, limit, summary)
                written = facts.members["bytesWritten"] = fill(repository, point.data, scratch.device, manifest, progress, watch)
                compared = compare(scratch.device, scratch, pool, manifest, progress)
                duration = facts.members["durationSeconds"] = round(time.monotonic() - started, 3)
                progress.report("check")
                kind = facts.members["fileSystem"] = file_system.find_file_system(scratch.device, scratch.name)
                file_system.check_file_system(scratch.device, kind, scratch.name)
            return {
                "sizeBytes": manifest.size_bytes,
                "digest": manifest.digest,
                "bytesWritten": written,
                "bytesCompared": compared,
                "fileSystem": kind,
                "durationSeconds": duration,
            }

        try:
            done = confirmed(attempt)
        except Failure as failure:
            verification_mark.record_failed_verification(repository, point, failure, True, {})
            raise
    # restic's lock for a mark and that of a backup are in each other's way. After the drill's lease: a prune that has that of backups may
    # wait for it.
    with lease(f"backup-{volume_id}", f"marking a recovery point of volume {volume_id}", request.limits.wait_seconds):
        when, warning = verification_mark.mark_verified(repository, point, {})
    facts.warnings += [warning] if warning else []
    return {"recoveryPoint": {**point.as_json(), "verified": when}, **done}


def _pool(volume: LogicalVolume, volumes: list[LogicalVolume], summary: str) -> LogicalVolume:
    pool = next((each for each in volumes if volume.pool and each.uuid == volume.pool_uuid), None)
    if pool is None:
        raise Failure(
            "linear",
            summary,
            "it is not in a thin pool, so there is nowhere for a scratch volume to take only the room that the data needs",
            "Take the drill out of the policy of this volume: its backups are still verified; or restore it by hand into a volume of your own",
        )
    return pool


def _watch(pool: LogicalVolume, limit_percent: int, summary: str) -> Callable[[], None]:
    """What ends a drill when others fill the pool meanwhile."""
    last = time.monotonic()

    def watch() -> None:
        nonlocal last
        if time.monotonic() - last < LOOK_SECONDS:
            return
        last = time.monotonic()
        now = logical_volume.find_uuid(logical_volume.look(), pool.uuid)
        if now is not None:
            logical_volume.refuse_full_pool(now, limit_percent, summary)

    return watch
