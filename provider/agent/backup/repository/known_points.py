"""Which recovery points this host has seen in a repository: what is missing there later was lost, and was not just never made."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from repository.recovery_point import RecoveryPoint, newest_verified
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.state_files import read_json, state_folder, write_file

SHOWN_POINTS = 3


def known_file(folder: Path) -> Path:
    return folder / "points.json"


def known_points(folder: Path, url: str) -> dict[str, str]:
    """The recovery points that were last seen in the repository of an address, by id: when their snapshots were taken."""
    found: dict[str, Any] = read_json(known_file(folder)) or {}
    points: dict[str, str] = found.get("points") or {}
    return points if found.get("repository") == url else {}


def note_points(volume_id: str, target: str, url: str, points: Iterable[RecoveryPoint]) -> None:
    """Notes what a repository holds, in the status too. Nothing where the volume's backups are not this host's."""
    staying = list(points)
    _note(volume_id, target, url, {each.id: each.time for each in staying}, staying)


def note_point(volume_id: str, target: str, url: str, id: str, time: str) -> None:
    """Notes a recovery point that was just made."""
    _note(volume_id, target, url, {**known_points(state_folder(volume_id, target), url), id: time}, None)


def let_go(volume_id: str, target: str, url: str, going: Iterable[RecoveryPoint], staying: list[RecoveryPoint]) -> None:
    """Notes that recovery points are about to be forgotten. Before that: cut between the two, one that is still there is no loss.

    staying: all others that the repository has.
    """
    known = known_points(state_folder(volume_id, target), url)
    gone = {each.id for each in going}
    left = {id: time for id, time in known.items() if id not in gone} if known else {each.id: each.time for each in staying}
    _note(volume_id, target, url, left, staying)


def note_loss(volume_id: str, target: str, points: list[RecoveryPoint]) -> None:
    """Notes that a repository has these recovery points alone, and goes on knowing which there were."""
    if state_folder(volume_id, target).exists():
        former: dict[str, Any] = status.read(volume_id, target) or {}
        changes = {"repository": {"time": utc.now(), "points": len(points)}, **_verified_changes(former, points)}
        status.record(volume_id, target, changes)


def lost_points(folder: Path, url: str, points: list[RecoveryPoint]) -> list[tuple[str, str]]:
    """When the snapshots of known recovery points that are not there were taken, and their ids; the oldest first."""
    there = {each.id for each in points}
    return sorted((time, id) for id, time in known_points(folder, url).items() if id not in there)


def _note(volume_id: str, target: str, url: str, points: dict[str, str], staying: list[RecoveryPoint] | None) -> None:
    """staying: all that the repository is going to have; None when none goes."""
    folder = state_folder(volume_id, target)
    if not folder.exists():
        return
    found = {"repository": url, "points": points}
    if read_json(known_file(folder)) != found:
        write_file(known_file(folder), f"{json.dumps(found, indent=2)}\n")
    former: dict[str, Any] = status.read(volume_id, target) or {}
    changes: dict[str, Any] = {}
    counted: dict[str, Any] = former.get("repository") or {}
    if counted.get("points") != len(points):
        changes["repository"] = {"time": utc.now(), "points": len(points)}
    if staying is not None:
        changes.update(_verified_changes(former, staying))
    if changes:
        status.record(volume_id, target, changes)


def _verified_changes(former: dict[str, Any], points: list[RecoveryPoint]) -> dict[str, Any]:
    """The change of a status whose last verified recovery point is not there: what is gone vouches for nothing."""
    verified: dict[str, Any] = former.get("lastVerified") or {}
    if not verified or any(each.id == verified.get("recoveryPoint") for each in points):
        return {}
    newest = newest_verified(points, str(former.get("doubtedSince", "")))
    return {"lastVerified": None if newest is None else {"time": newest.verified, "recoveryPoint": newest.id, "pointTime": newest.time}}


def refuse_lost(folder: Path, volume_id: str, url: str, points: list[RecoveryPoint] | None) -> None:
    """Raises Failure "lost" when recovery points that were there are not any more. points: None for a repository that is not there at all."""
    lost = lost_points(folder, url, points or [])
    if not lost:
        return
    shown = ", ".join(f"{id} of {time}" for time, id in lost[-SHOWN_POINTS:])
    more = f" and {len(lost) - SHOWN_POINTS} older" if len(lost) > SHOWN_POINTS else ""
    loss = "the repository is gone, and with it" if points is None else "it does not have any more:"
    raise lost_failure(url, f"{loss} {len(lost)} recovery points ({shown}{more})", volume_id)


def lost_failure(url: str, detail: str, volume_id: str) -> Failure:
    return Failure(
        "lost",
        f"Cannot find in {url} what was backed up there",
        detail,
        "Find out who removed it, and bring it back from the bucket's older versions if there are any; "
        f"to go on without it, run 'pulumi-lvm backup {volume_id} --now --start-over'",
    )
