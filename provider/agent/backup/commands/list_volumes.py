"""The command "volumes": the volumes that a target has backups of."""

from typing import Any

from repository.s3_objects import S3Objects, identity_of
from runtime.progress import Progress
from runtime.request import UUID, Request


def list_volumes(request: Request, progress: Progress) -> dict[str, Any]:
    """By the folders of their repositories; each with what its clear identity file says. The repository's url is their common folder."""
    progress.report("list")
    objects = S3Objects(request.access())
    return {"volumes": [identity_of(objects, name) for name in objects.folders() if UUID.fullmatch(name)]}
