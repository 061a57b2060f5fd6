"""The command "rekey": a new password for a repository."""

import json
from dataclasses import replace
from typing import Any

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
        keys = _keys(new)
    except Failure as failure:
        if failure.code == "absent":
            return {"rekeyed": False}
        if failure.code != "password":
            raise
        old.unlocking(lambda: old.run("key", "add", "--new-password-file", "{secret}", secret_input=new.access.password))
        # Nothing goes before the new password has opened the repository.
        keys = _keys(new)
    for key in keys:
        if not key["current"]:
            new.unlocking(lambda id=key["id"]: new.run("key", "remove", id))
    return {"rekeyed": True}


def _keys(repository: Repository) -> list[dict[str, Any]]:
    """The keys; the one that opened the repository has "current"."""
    return json.loads(repository.unlocking(lambda: repository.run("key", "list", "--json")))
