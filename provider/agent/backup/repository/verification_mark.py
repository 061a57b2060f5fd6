"""Which recovery points are known to be whole: the mark in the repository, which every host sees, and the status of this one."""

from typing import Any

from repository.damage import is_broken
from repository.recovery_point import RecoveryPoint, find_again
from repository.repository import Repository
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.lease import lease
from runtime.state_files import state_folder

# Time that a mark waits for another one.
MARK_SECONDS = 300

def mark_verified(repository: Repository, point: RecoveryPoint, changes: dict[str, Any]) -> tuple[str, str]:
    """Marks a recovery point as verified, and records that and more changes. Returns the time, and why it could not be marked, or ""."""
    when = utc.now()
    # Marked first: what the status says of a recovery point, the repository says too.
    warning = _tag(repository, point, when)
    verified = {"time": when, "recoveryPoint": point.id, "pointTime": point.time}
    _record(point, {**changes, "lastVerified": verified})
    return when, warning and f"the recovery point is whole, and could not be marked as verified: {warning}"


def record_failed_verification(repository: Repository, point: RecoveryPoint, failure: Failure, is_read: bool, changes: dict[str, Any]) -> None:
    """Records that a recovery point could not be verified. After damage no mark of before counts.

    is_read: the damage was met in what the recovery point itself holds, and not elsewhere in the repository: it loses its mark.
    """
    try:
        _record(point, {**changes, **({"doubtedSince": utc.now()} if is_broken(failure) else {})})
    finally:
        if is_broken(failure) and is_read:
            _tag(repository, point, None)


def damaged_since(volume_id: str, target: str) -> str:
    """When a recovery point was last found broken, "" if never: segments of points with older marks may be broken too."""
    return str((status.read(volume_id, target) or {}).get("doubtedSince", ""))


def marking(volume_id: str):
    """Keeps marks from being set meanwhile: restic makes a new snapshot for each, so that what was looked up before is not there."""
    return lease(f"mark-{volume_id}", f"marking recovery points of volume {volume_id}", MARK_SECONDS)


def _tag(repository: Repository, point: RecoveryPoint, when: str | None) -> str:
    """Sets or removes the mark. Returns why it could not, if so."""
    try:
        with marking(point.volume_id):
            now = find_again(repository, point)
            if now is None:
                return "it was forgotten meanwhile"
            options = mark_options(now.verified, when)
            if options:
                repository.unlocking(lambda: repository.run("tag", *options, now.manifest))
            return ""
    except Failure as failure:
        return failure.detail


def mark_options(former: str | None, when: str | None) -> list[str]:
    """Options of restic's tag that put one mark in place of another, None for no mark; none when nothing changes."""
    if when == former:
        return []
    add = ["--add", f"verified={when}"] if when is not None else []
    return [*add, *(["--remove", f"verified={former}"] if former is not None else [])]


def _record(point: RecoveryPoint, changes: dict[str, Any]) -> None:
    """Notes it where the volume's backups are, if they are this host's."""
    if state_folder(point.volume_id, point.target).exists():
        status.record(point.volume_id, point.target, changes)
