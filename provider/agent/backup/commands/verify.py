"""Whether a recovery point can be restored, found out without room for a restore: the command "verify", and the check after each backup."""

import time
from dataclasses import replace
from typing import Any

from repository import verification_mark
from repository.damage import confirmed
from repository.data_read import next_part, read_data_read, share_options
from repository.manifest import Manifest, different_segments
from repository.recovery_point import RecoveryPoint, find_contents, load_manifest, newest_verified, select
from repository.repository import Repository
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, flag_of, optional_object, volume_id_of, whole_of
from runtime.state_files import state_folder
from segments.comparison import compare_archive, refuse_missing
from segments.read_back import read_back
from segments.segment import segment_length


def verify(request: Request, progress: Progress) -> dict[str, Any]:
    """Checks the repository with restic, reads the point's contents from it and compares them with the manifest; marks the point."""
    started = time.monotonic()
    share = share_options(request.fields.get("readData", True))
    repository = Repository(request.access(), request.limits, None)
    progress.report("prepare")
    points = find_contents(repository).points
    point = select(points, request.fields.get("recoveryPoint", "latest"))
    # Not the lease of backups: reading all may take hours, and disturbs none. Only pruning does, and takes this one too.
    with lease(f"verify-{point.volume_id}", f"a verification of volume {point.volume_id}", request.limits.wait_seconds):
        is_read = False
        try:
            manifest = confirmed(lambda: load_manifest(repository, point))
            progress.report("check")
            confirmed(lambda: repository.run("check", "--no-lock", *share))
            is_read = True
            compared = confirmed(lambda: compare_all(repository, point, manifest, progress))
        except Failure as failure:
            verification_mark.record_failed_verification(repository, point, failure, is_read, {"lastVerification": _outcome(point, started, failure)})
            raise
        when, warning = verification_mark.mark_verified(repository, point, {"lastVerification": _outcome(point, started, None)})
        if request.fields.get("readData", True) is True:
            verification_mark.note_all_read(repository, point)
        return {
            "recoveryPoint": {**point.as_json(), "verified": when},
            "bytesCompared": compared,
            "segments": len(manifest.segments),
            "durationSeconds": round(time.monotonic() - started, 3),
            **({"warning": warning} if warning else {}),
        }


def verify_newest(request: Request, progress: Progress) -> dict[str, Any]:
    """After a backup: restic's check of the structure, the part of all data that is due, and the newest recovery point.

    Of that only the segments are read that no verified one has as they are, so that the cost follows the change; then it is verified too.
    `verification.afterBackup` false leaves the recovery point out. Raises Failure "mismatch" or "damaged" like verify.
    """
    started = time.monotonic()
    volume_id = volume_id_of(request.fields)
    verification = optional_object(request.fields, "verification")
    folder = state_folder(volume_id, request.target)
    # What is checked comes from the repository itself. Only the segments to compare are looked up by the cache: they are never in it.
    repository = Repository(request.access(), request.limits, None)
    cached = Repository(request.access(), request.limits, folder / "cache")
    progress.report("prepare")
    with lease(f"verify-{volume_id}", f"a verification of volume {volume_id}", request.limits.wait_seconds):
        points = [each for each in find_contents(repository).points if each.volume_id == volume_id]
        point = select(points, "latest")
        damaged_since = verification_mark.damaged_since(volume_id, request.target)
        is_due = flag_of(verification, "afterBackup") and (point.verified or "") <= damaged_since
        is_read = False
        indexes: list[int] = []
        compared = 0
        try:
            progress.report("check")
            parts = _check(request, repository, volume_id)
            if is_due:
                is_read = True
                manifest = confirmed(lambda: load_manifest(repository, point))
                indexes = confirmed(lambda: _due_segments(repository, points, manifest, damaged_since))
                if 2 * len(indexes) > len(manifest.segments):
                    compared = confirmed(lambda: compare_all(repository, point, manifest, progress))
                elif indexes:
                    compared = confirmed(lambda: read_back(cached, point, manifest, indexes, progress))
        except Failure as failure:
            verification_mark.record_failed_verification(repository, point, failure, is_read, {"lastVerification": _outcome(point, started, failure)})
            raise
        when, warning = point.verified, ""
        last = {"lastVerification": _outcome(point, started, None)}
        if is_due:
            when, warning = verification_mark.mark_verified(repository, point, last)
        else:
            status.record(volume_id, request.target, last)
        return {
            "recoveryPoint": {**point.as_json(), "verified": when},
            "bytesCompared": compared,
            "segments": len(indexes),
            "dataParts": parts,
            "durationSeconds": round(time.monotonic() - started, 3),
            **({"warning": warning} if warning else {}),
        }


def _check(request: Request, repository: Repository, volume_id: str) -> list[str]:
    """Lets restic check the structure, and read the parts of all data that are due. Returns these, such as "3/26"."""
    days = whole_of(optional_object(request.fields, "verification"), "readDataWithinDays", 0)
    run_seconds = whole_of(optional_object(request.fields, "policy"), "maxAgeSeconds", 0, 2**53)
    parts: list[str] = []
    now = int(time.time())
    record = read_data_read((status.read(volume_id, request.target) or {}).get("dataRead"))
    while days and (due := next_part(record, days, run_seconds, now)):
        part = f"{due.next}/{due.of}"
        confirmed(lambda part=part: repository.run("check", "--no-lock", f"--read-data-subset={part}"))
        parts.append(part)
        # At once, so that a run that is cut does not read it again. A part that is damaged stays due.
        record = replace(due, next=due.next + 1)
        status.record(volume_id, request.target, {"dataRead": record.as_json()})
    if not parts:
        confirmed(lambda: repository.run("check", "--no-lock"))
    return parts


def _due_segments(repository: Repository, points: list[RecoveryPoint], manifest: Manifest, damaged_since: str) -> list[int]:
    """The segments that the newest verified recovery point does not have as they are. damaged_since: marks up to that time say nothing."""
    marked = newest_verified(points, damaged_since)
    return different_segments(manifest, load_manifest(repository, marked) if marked is not None else None)


def compare_all(repository: Repository, point: RecoveryPoint, manifest: Manifest, progress: Progress) -> int:
    """Hashes every segment of the point as it comes out of the repository. Returns the bytes compared."""
    total = sum(segment_length(index, manifest.size_bytes) for index in manifest.segments)
    progress.report("compare", 0, total)
    with repository.started("dump", "--no-lock", point.data, "/", "--archive", "tar") as stdout:
        missing = compare_archive(stdout, point, manifest, lambda done: progress.report("compare", done, total))
    # Only now: where restic failed its own words say more.
    refuse_missing(point, missing)
    return total


def _outcome(point: RecoveryPoint, started: float, failure: Failure | None) -> dict[str, Any]:
    return {
        "time": utc.now(),
        "recoveryPoint": point.id,
        "isSuccess": failure is None,
        "durationSeconds": round(time.monotonic() - started, 3),
        **({"failure": failure.as_json()} if failure else {}),
    }
