"""The command "guard": whether what a volume holds can be had back after it is destroyed."""

import time
from typing import Any

from runtime import utc
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from runtime.state_files import STATE, read_json
from scheduling.schedules import read_schedules, volume_id_in


def guard_deletion(request: Request, progress: Progress) -> dict[str, Any]:
    """Raises Failure "unverified" when a target that has or had a schedule for the volume has no young enough verified recovery point."""
    progress.report("guard")
    volume_id = volume_id_of(request.fields)
    statuses = {each.parent.name: read_json(each) or {} for each in (STATE / volume_id).glob("*/status.json")}
    ages = {target: found["policy"]["maxAgeSeconds"] for target, found in statuses.items() if found.get("policy")}
    for document in read_schedules():
        if volume_id_in(document) == volume_id:
            ages[str(document.get("target"))] = document["policy"]["maxAgeSeconds"]
    problems = [text for target, age in sorted(ages.items()) if (text := find_problem(statuses.get(target, {}), target, age, time.time()))]
    if problems:
        raise Failure(
            "unverified",
            f"Cannot let go of volume {volume_id}",
            "; ".join(problems),
            f"Run pulumi up, which brings its backups back when they were deleted with it; then 'pulumi-lvm backup {volume_id} --now' and "
            f"'pulumi-lvm verify {volume_id}'. Or set deleteUnverified: true on the Volume, run pulumi up, and delete it then",
        )
    return {"targets": sorted(ages)}


def find_problem(found: dict[str, Any], target: str, max_age_seconds: float, now: float) -> str | None:
    """Why the backups to a target are not enough, in words; None when they are. found: their status. now: Unix time."""
    verified: dict[str, Any] = found.get("lastVerified") or {}
    if "pointTime" not in verified:
        return f'target "{target}" has no verified recovery point of it'
    age_seconds = now - utc.unix(verified["pointTime"])
    if age_seconds <= max_age_seconds:
        return None
    return (
        f'the last verified recovery point in target "{target}" is of {verified["pointTime"]}, {age_seconds / 3600:.1f} h old,'
        f" and its policy allows {max_age_seconds / 3600:.1f} h"
    )
