"""The command "repair": a repository that is known to be damaged gets whole again, for the price of what is damaged."""

import time
from typing import Any

from commands.backup_run import BackupRun
from commands.prune import alone
from commands.verify import compare_all
from lvm.base_snapshot import drop_base_snapshot
from repository import verification_mark
from repository.damage import confirmed, is_broken
from repository.known_points import let_go, note_points
from repository.manifest import Manifest
from repository.recovery_point import RecoveryPoint, load_manifest
from repository.repository import Repository
from repository.tidying import forget_unfinished, look_undisturbed
from repository.verification_mark import marking
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request
from segments.read_back import read_back


def repair(request: Request, progress: Progress) -> dict[str, Any]:
    """Reads every recovery point, forgets those that are damaged and all that only they needed, backs the volume up anew from all of it, and
    reads the repository once more.

    Returns {dropped, kept, backup}: recovery points that are gone, those that were read and are right, and what the command "backup" returns.
    Raises Failure "damaged" or "mismatch" when it is still damaged after that. Cut at any point, the next call goes on.
    """
    run = BackupRun(request, progress, None, is_start_over=True)
    # What is read comes from the store, and not from a cache.
    repository = Repository(request.access(), request.limits, None)
    started = time.monotonic()
    with alone(run.volume_id, request.limits.wait_seconds):
        progress.report("prepare")
        repository.check_reachable()
        repository.unlock()
        _repair_index(repository)
        contents = forget_unfinished(repository, run.volume_id, look_undisturbed(repository, run.volume_id))
        note_points(run.volume_id, run.target, repository.access.url, contents.points)
        sound = _read_points(repository, contents.points, progress)
        dropped = [each for each in contents.points if each not in sound]
        _drop(run, repository, dropped, sound)
        # Whatever of the volume is in the repository is read again: the base vouches for nothing.
        drop_base_snapshot(run.folder)
        outcome = run.attempt()
        outcome.pop("warnings", None)
        last = {"time": utc.now(), "isSuccess": True, "durationSeconds": round(time.monotonic() - started, 3)}
        status.record(run.volume_id, run.target, {**run.identity, "lastAttempt": last, "lastSuccess": outcome})
        progress.report("check")
        confirmed(lambda: repository.run("check", "--no-lock", "--read-data"))
        points = look_undisturbed(repository, run.volume_id).points
        newest = next(each for each in points if each.id == outcome["id"])
        manifest = confirmed(lambda: load_manifest(repository, newest))
        confirmed(lambda: compare_all(repository, newest, manifest, progress))
        _mark_all(run, repository, [*(each for each in points if each.id in {one.id for one in sound}), newest])
        return {"dropped": [each.as_json() for each in dropped], "kept": [each.as_json() for each in sound], "backup": outcome}


def _repair_index(repository: Repository) -> None:
    """Makes the index anew from the packs when it cannot be read. One that can is left alone: it tells a pack that is not what it was."""
    try:
        repository.run("check", "--no-lock")
    except Failure as failure:
        if not is_broken(failure):
            raise
        if "error loading index" in failure.detail:
            # By this name from 0.14 to 0.18.
            repository.unlocking(lambda: repository.run("rebuild-index"))


def _read_points(repository: Repository, points: list[RecoveryPoint], progress: Progress) -> list[RecoveryPoint]:
    """Those whose segments all come as their manifests say; the oldest first. A segment that several have alike is read once."""
    sound: list[RecoveryPoint] = []
    read: set[str] = set()
    for point in reversed(points):
        try:
            manifest = confirmed(lambda point=point: load_manifest(repository, point))
            due = [index for index, segment in manifest.segments.items() if segment.sha256 not in read]
            confirmed(lambda point=point, manifest=manifest, due=due: _read(repository, point, manifest, due, progress))
        except Failure as failure:
            if not is_broken(failure):
                raise
            continue
        read.update(segment.sha256 for segment in manifest.segments.values())
        sound.insert(0, point)
    return sound


def _read(repository: Repository, point: RecoveryPoint, manifest: Manifest, due: list[int], progress: Progress) -> None:
    if 2 * len(due) > len(manifest.segments):
        compare_all(repository, point, manifest, progress)
        return
    # Its trees are its own, also when all of its segments are another's.
    repository.run("ls", "--no-lock", point.data)
    if due:
        read_back(repository, point, manifest, due, progress)


def _drop(run: BackupRun, repository: Repository, dropped: list[RecoveryPoint], sound: list[RecoveryPoint]) -> None:
    """Forgets recovery points, and takes away all data that nothing needs then, so that no later backup builds on what is damaged."""
    run.progress.report("forget")
    with marking(run.volume_id):
        let_go(run.volume_id, run.target, repository.access.url, dropped, sound)
        for snapshots in ([each.manifest for each in dropped], [each.data for each in dropped]):
            if snapshots:
                repository.unlocking(lambda snapshots=snapshots: repository.run("forget", *snapshots))
    run.progress.report("prune")
    repository.unlocking(lambda: repository.run("prune", "--max-unused", "0"))


def _mark_all(run: BackupRun, repository: Repository, points: list[RecoveryPoint]) -> None:
    """The damage is over, and each of these was read; the oldest first."""
    changes: dict[str, Any] = {"damage": None}
    for point in points:
        last = {"time": utc.now(), "recoveryPoint": point.id, "isSuccess": True}
        verification_mark.mark_verified(repository, point, {**changes, "lastVerification": last})
