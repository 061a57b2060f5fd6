"""The command "list": the recovery points of a repository."""

from typing import Any

from repository.recovery_point import find_contents_if_any
from repository.repository import Repository
from runtime.progress import Progress
from runtime.request import Request


def list_points(request: Request, progress: Progress) -> dict[str, Any]:
    """The oldest first. A repository that was never made has none."""
    progress.report("list")
    points = find_contents_if_any(Repository(request.access(), request.limits, None)).points
    return {"recoveryPoints": [each.as_json() for each in points]}
