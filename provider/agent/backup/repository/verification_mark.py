"""Which recovery points are known to be whole: the mark in the repository, which every host sees, and the status of this one."""

from dataclasses import replace
from typing import Any

from repository.damage import is_broken
from repository.recovery_point import RecoveryPoint, find_again, find_contents
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


def note_all_read(repository: Repository, point: RecoveryPoint) -> None:
    """Notes that all data of the repository and this recovery point were read and are right: so ends known damage, unless others are in doubt."""
    damage = known_damage(point.volume_id, point.target)
    if damage is None:
        return
    there = {each.id for each in find_contents(repository).points}
    doubtful = [each for each in damage["recoveryPoints"] if each != point.id and each in there]
    _record(point, {"damage": {**damage, "recoveryPoints": doubtful} if doubtful else None})


def record_failed_verification(repository: Repository, point: RecoveryPoint, failure: Failure, is_read: bool, changes: dict[str, Any]) -> None:
    """Records that a recovery point could not be verified. After damage no mark of before counts, and all are taken off.

    is_read: the damage was met in what the recovery point itself holds, and not elsewhere in the repository.
    """
    if not is_broken(failure):
        _record(point, changes)
        return
    now = utc.now()
    former = known_damage(point.volume_id, point.target) or {"since": now, "recoveryPoints": []}
    points = [*(each for each in former["recoveryPoints"] if each != point.id), *([point.id] if is_read else [])]
    damage = {"since": former["since"], "recoveryPoints": points, "failure": failure.as_json()}
    try:
        _record(point, {**changes, "doubtedSince": now, "damage": damage, "lastVerified": None})
    finally:
        _unmark(repository, point.volume_id)


def known_damage(volume_id: str, target: str) -> dict[str, Any] | None:
    """What a verification or a drill found wrong with a repository, until all of it was read again: {since, recoveryPoints, failure}."""
    return (status.read(volume_id, target) or {}).get("damage")


def damage_warning(volume_id: str, target: str) -> str | None:
    """Known damage in words; None when there is none."""
    damage = known_damage(volume_id, target)
    if damage is None:
        return None
    return (
        f"the repository is damaged since {damage['since']} or before: {damage['failure']['detail']}; "
        f"bring its objects back from the bucket's older versions and run 'pulumi-lvm verify {volume_id}', or drop what is damaged with 'pulumi-lvm repair {volume_id}'"
    )


def trusted(points: list[RecoveryPoint]) -> list[RecoveryPoint]:
    """The same recovery points, without marks that are older than damage which was found: also where those could not be taken off."""
    return [
        replace(each, verified=None) if each.verified is not None and each.verified <= damaged_since(each.volume_id, each.target) else each
        for each in points
    ]


def damaged_since(volume_id: str, target: str) -> str:
    """When a recovery point was last found broken, "" if never: segments of points with older marks may be broken too."""
    return str((status.read(volume_id, target) or {}).get("doubtedSince", ""))


def marking(volume_id: str):
    """Keeps marks from being set meanwhile: restic makes a new snapshot for each, so that what was looked up before is not there."""
    return lease(f"mark-{volume_id}", f"marking recovery points of volume {volume_id}", MARK_SECONDS)


def _tag(repository: Repository, point: RecoveryPoint, when: str) -> str:
    """Sets the mark. Returns why it could not, if so."""
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


def _unmark(repository: Repository, volume_id: str) -> None:
    """Takes off all marks, as far as the store lets us: `trusted` does the rest on this host."""
    try:
        with marking(volume_id):
            marked = [each for each in find_contents(repository).points if each.volume_id == volume_id and each.verified is not None]
            if marked:
                options = [part for time in sorted({str(each.verified) for each in marked}) for part in ("--remove", f"verified={time}")]
                repository.unlocking(lambda: repository.run("tag", *options, *(each.manifest for each in marked)))
    except Failure:
        pass


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
