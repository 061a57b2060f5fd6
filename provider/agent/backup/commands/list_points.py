"""The command "list": the recovery points of a repository."""

from typing import Any

from repository.known_points import refuse_lost
from repository.recovery_point import find_contents
from repository.repository import Repository
from repository.verification_mark import trusted
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from runtime.state_files import state_folder


def list_points(request: Request, progress: Progress) -> dict[str, Any]:
    """The oldest first. A repository that was never made has none. Raises Failure "lost" for one that was, as far as this host knows."""
    progress.report("list")
    repository = Repository(request.access(), request.limits, None)
    try:
        points = find_contents(repository).points
    except Failure as failure:
        if failure.code != "absent":
            raise
        points = []
        # A release before this one does not say which volume it asks for.
        if "volume" in request.fields:
            volume_id = volume_id_of(request.fields)
            refuse_lost(state_folder(volume_id, request.target), volume_id, repository.access.url, None)
    return {"recoveryPoints": [each.as_json() for each in trusted(points)]}
