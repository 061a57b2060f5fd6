"""The command "retention": forgets the recovery points that a policy does not keep. Which those are is restic's word."""

import json
import math
from typing import Any

from repository.known_points import let_go
from repository.recovery_point import RecoveryPoint, find_contents_if_any
from repository.repository import Repository
from repository.tidying import forget_unfinished_marked
from repository.verification_mark import damage_warning, marking
from runtime import status
from runtime import utc
from runtime.failure import Failure, failure_of
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, flag_of, optional_object, volume_id_of, whole_of
from runtime.state_files import state_folder

# Snapshots that one call of restic forgets: they are its arguments.
FORGET_AT_ONCE = 500
_COUNTS = ("last", "hourly", "daily", "weekly", "monthly", "yearly")

# A recovery point that stays, and why.
Kept = tuple[RecoveryPoint, list[str]]


def retain(request: Request, progress: Progress) -> dict[str, Any]:
    """Forgets what the policy does not keep; with `preview` it only tells. Without a rule it does nothing.

    The newest recovery point stays whatever the rules say, as the next backup builds on it, and so does the newest verified one. Cut at
    any point, the next call goes on. The room comes back by "prune".
    """
    rules = rules_of(request)
    if not rules:
        return {"keep": [], "remove": []}
    volume_id = volume_id_of(request.fields)
    folder = state_folder(volume_id, request.target)
    repository = Repository(request.access(), request.limits, folder / "cache" if folder.exists() else None)
    progress.report("retention")
    if flag_of(request.fields, "preview"):
        return _as_json(*_judge(request, repository, find_contents_if_any(repository).points, rules))
    removed: list[str] = []
    kept: list[Kept] = []
    failure: Failure | None = None
    try:
        waits = request.limits.wait_seconds
        with lease(f"backup-{volume_id}", f"forgetting recovery points of volume {volume_id}", waits), marking(volume_id):
            contents = find_contents_if_any(repository)
            forget_unfinished_marked(repository, contents)
            kept, remove = _judge(request, repository, contents.points, rules)
            let_go(volume_id, request.target, repository.access.url, remove, [each for each, _ in kept])
            for start in range(0, len(remove), FORGET_AT_ONCE):
                some = remove[start : start + FORGET_AT_ONCE]
                # The manifests first: cut after them, the rest is unfinished runs, which the next call or backup tidies up.
                _forget(repository, [each.manifest for each in some])
                removed += [each.id for each in some]
                _forget(repository, [each.data for each in some])
        return _as_json(kept, remove)
    except BaseException as error:
        failure = failure_of(error)
        raise
    finally:
        if folder.exists():
            last: dict[str, Any] = {"time": utc.now(), "isSuccess": failure is None, "removed": removed, "kept": len(kept)}
            if failure is not None:
                last["failure"] = failure.mapped(request.redact).as_json()
            status.record(volume_id, request.target, {"lastRetention": last})


def rules_of(request: Request) -> list[str]:
    """The policy's rules as options of restic."""
    given = optional_object(request.fields, "retention")
    counts = {name: whole_of(given, name, 0) for name in _COUNTS}
    rules = [part for name, count in counts.items() if count for part in (f"--keep-{name}", str(count))]
    # restic counts whole hours.
    hours = math.ceil(whole_of(given, "withinSeconds", 0, 2**40) / 3600)
    return [*rules, *(["--keep-within", f"{hours}h"] if hours else [])]


def _judge(request: Request, repository: Repository, points: list[RecoveryPoint], rules: list[str]) -> tuple[list[Kept], list[RecoveryPoint]]:
    volume_id = volume_id_of(request.fields)
    points = [each for each in points if each.volume_id == volume_id]
    if not points:
        return [], []
    # One group: host names and paths must not divide the points of a volume.
    options = ["--json", "--dry-run", "--no-lock", "--group-by", "", "--tag", f"kind=manifest,volume={volume_id}"]
    kept, remove = divide(points, repository.run("forget", *options, *rules))
    if damage_warning(volume_id, request.target) is None:
        return kept, remove
    # Which of them are whole is not known: the last good one may be among those that would go.
    reasons = {point.id: why for point, why in kept}
    return [(each, reasons.get(each.id, ["its repository is damaged"])) for each in points], []


def divide(points: list[RecoveryPoint], answer: str) -> tuple[list[Kept], list[RecoveryPoint]]:
    """What stays of a volume's points, and what goes. answer: what a dry run of restic's forget prints. A point that it leaves out stays."""
    groups: list[dict[str, Any]] = json.loads(answer or "[]") or []
    reasons: dict[str, list[str]] = {}
    gone: set[str] = set()
    for group in groups:
        keep, why, remove = (_list(group, name) for name in ("keep", "reasons", "remove"))
        # "reasons" has the order of "keep", and no ids.
        reasons.update({kept["id"]: list(reason["matches"]) for kept, reason in zip(keep, why)})
        gone.update(each["id"] for each in remove)
    verified = [each.id for each in points if each.verified is not None]
    ours = {points[-1].id: ["newest recovery point"]}
    if verified:
        ours.setdefault(verified[-1], []).append("newest verified recovery point")
    going = [each for each in points if each.manifest in gone and each.id not in ours]
    staying = [each for each in points if each not in going]
    return [(each, [*reasons.get(each.manifest, []), *ours.get(each.id, [])]) for each in staying], going


def _list(group: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list in what restic prints: null when it is empty."""
    return group.get(name) or []


def _forget(repository: Repository, snapshots: list[str]) -> None:
    repository.unlocking(lambda: repository.run("forget", *snapshots))


def _as_json(kept: list[Kept], remove: list[RecoveryPoint]) -> dict[str, Any]:
    return {"keep": [{**point.as_json(), "reasons": reasons} for point, reasons in kept], "remove": [each.as_json() for each in remove]}
