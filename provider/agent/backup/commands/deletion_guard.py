"""The command "guard": whether what a volume holds can be had back after it is destroyed; and "inspect", which it trusts later."""

import time
from typing import Any

from repository.known_points import note_loss
from repository.recovery_point import find_contents
from repository.repository import Repository
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, read_request, volume_id_of
from runtime.state_files import STATE, read_json
from scheduling.schedules import read_schedules, volume_id_in

# Failures that say that nothing of what was there is there.
_GONE = ("absent", "bucket")


def guard_deletion(request: Request, progress: Progress) -> dict[str, Any]:
    """Raises Failure "unverified" when a target that has or had a schedule for the volume has no young enough verified recovery point.

    What the repository has is asked of it, as long as the schedule is there; after that what "inspect" noted counts.
    """
    progress.report("guard")
    volume_id = volume_id_of(request.fields)
    documents: dict[str, dict[str, Any]] = {str(each.get("target")): each for each in read_schedules() if volume_id_in(each) == volume_id}
    problems = [text for target, document in sorted(documents.items()) if (text := _look(read_request(document), volume_id, target))]
    statuses = {each.parent.name: read_json(each) or {} for each in (STATE / volume_id).glob("*/status.json")}
    ages = {target: found["policy"]["maxAgeSeconds"] for target, found in statuses.items() if found.get("policy")}
    ages.update({target: document["policy"]["maxAgeSeconds"] for target, document in documents.items()})
    problems += [text for target, age in sorted(ages.items()) if (text := find_problem(statuses.get(target, {}), target, age, time.time()))]
    if problems:
        raise Failure(
            "unverified",
            f"Cannot let go of volume {volume_id}",
            "; ".join(problems),
            f"Run pulumi up, which brings its backups back when they were deleted with it; then 'pulumi-lvm backup {volume_id} --now' and "
            f"'pulumi-lvm verify {volume_id}'. Or set deleteUnverified: true on the Volume, run pulumi up, and delete it then",
        )
    return {"targets": sorted(ages)}


def inspect(request: Request, progress: Progress) -> dict[str, Any]:
    """Notes whether the recovery point that the guard trusts is still there: before a schedule goes, and with it the way to ask."""
    progress.report("inspect")
    return {"problem": _look(request, volume_id_of(request.fields), request.target)}


def _look(request: Request, volume_id: str, target: str) -> str | None:
    """Compares the status with the repository. Returns why that could not be asked, if so: what was noted before stays then."""
    verified: dict[str, Any] = (status.read(volume_id, target) or {}).get("lastVerified") or {}
    if not verified:
        return None
    try:
        points = find_contents(Repository(request.access(), request.limits, None)).points
    except Failure as failure:
        if failure.code not in _GONE:
            return f'target "{target}" cannot be asked what it has of it: {request.redact(failure.detail)}'
        points = []
    if all(each.id != verified.get("recoveryPoint") for each in points):
        note_loss(volume_id, target, points)
    return None


def find_problem(found: dict[str, Any], target: str, max_age_seconds: float, now: float) -> str | None:
    """Why the backups to a target are not enough, in words; None when they are. found: their status. now: Unix time."""
    verified: dict[str, Any] = found.get("lastVerified") or {}
    damage: dict[str, Any] = found.get("damage") or {}
    if "pointTime" not in verified:
        because = f", as its repository is damaged: {damage['failure']['detail']}" if damage else ""
        return f'target "{target}" has no verified recovery point of it{because}'
    age_seconds = now - utc.unix(verified["pointTime"])
    if age_seconds <= max_age_seconds:
        return None
    return (
        f'the last verified recovery point in target "{target}" is of {verified["pointTime"]}, {age_seconds / 3600:.1f} h old,'
        f" and its policy allows {max_age_seconds / 3600:.1f} h"
    )
