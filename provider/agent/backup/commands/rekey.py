"""The command "rekey": a new password for a repository."""

from dataclasses import replace
from typing import Any

from repository.quick_key import add_quick_key
from repository.repository import Repository
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, text_of


def rekey(request: Request, progress: Progress) -> dict[str, Any]:
    """Makes the new password the only one. Cut at any point, and run again with the same request, it gets there."""
    access = request.access()
    old = Repository(access, request.limits, None)
    new = Repository(replace(access, password=text_of(request.fields, "newPassword")), request.limits, None)
    progress.report("rekey")
    old.check_reachable()
    try:
        keys = new.keys()
    except Failure as failure:
        if failure.code == "absent":
            return {"rekeyed": False}
        if failure.code != "password":
            raise
        _add_key(old, new.access.password)
        # Nothing goes before the new password has opened the repository.
        keys = new.keys()
    for key in keys:
        if not key["current"]:
            new.unlocking(lambda id=key["id"]: new.run("key", "remove", id))
    return {"rekeyed": True}


def _add_key(repository: Repository, password: str) -> None:
    try:
        add_quick_key(repository, password)
    except Failure as failure:
        if failure.code != "quick-key":
            raise
        repository.unlocking(lambda: repository.run("key", "add", "--new-password-file", "{secret}", secret_input=password))
