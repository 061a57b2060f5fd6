"""The command "forget": lets a recovery point go."""

from typing import Any

from commands.prune import alone
from repository.known_points import let_go
from repository.recovery_point import find_contents_if_any
from repository.repository import Repository
from repository.verification_mark import marking
from runtime.lease import lease
from runtime.progress import Progress
from runtime.request import Request, flag_of, text_of


def forget(request: Request, progress: Progress) -> dict[str, Any]:
    """Forgets a recovery point; one that is gone is fine. Its space comes back by "prune"."""
    point_id = text_of(request.fields, "recoveryPoint")
    repository = Repository(request.access(), request.limits, None)
    progress.report("prepare")
    point = next((each for each in find_contents_if_any(repository).points if each.id == point_id), None)
    if point is None:
        return {"forgotten": False}
    wait = request.limits.wait_seconds
    with lease(f"backup-{point.volume_id}", f"forgetting recovery point {point.id}", wait), marking(point.volume_id):
        progress.report("forget")
        points = find_contents_if_any(repository).points
        now = next((each for each in points if each.id == point_id), None)
        if now is None:
            return {"forgotten": False}
        let_go(point.volume_id, point.target, repository.access.url, [now], [each for each in points if each.id != point_id])
        # The manifest first: cut after it, the rest is an unfinished run that the next backup tidies up.
        repository.unlocking(lambda: repository.run("forget", now.manifest))
        repository.unlocking(lambda: repository.run("forget", now.data))
    if flag_of(request.fields, "prune"):
        progress.report("prune")
        with alone(point.volume_id, wait):
            repository.unlocking(lambda: repository.run("prune"))
    return {"forgotten": True}
