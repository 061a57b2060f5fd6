"""Tidying up after runs that died, so that nothing goes which another process is about to put in place."""

from repository.recovery_point import Contents, read_contents
from repository.repository import Repository
from repository.verification_mark import marking
from runtime.failure import Failure


def forget_unfinished(repository: Repository, volume_id: str, contents: Contents) -> Contents:
    """Forgets snapshots without a manifest, and manifests that a mark was to replace. Returns what there is then.

    contents: what there was. A mark under way looks the same as one that died: it is waited for, and then is looked again.
    A credential that may not delete leaves them, and they are no recovery points.
    """
    if not contents.unfinished:
        return contents
    with marking(volume_id):
        contents = read_contents(repository.snapshots())
        forget_unfinished_marked(repository, contents)
        return contents


def look_undisturbed(repository: Repository, volume_id: str) -> Contents:
    """What there is while nobody sets a mark."""
    with marking(volume_id):
        return read_contents(repository.snapshots())


def forget_unfinished_marked(repository: Repository, contents: Contents) -> None:
    """The same for who keeps marks off (`marking`), and has looked since it does."""
    if not contents.unfinished:
        return
    try:
        repository.unlocking(lambda: repository.run("forget", *contents.unfinished))
    except Failure as failure:
        if failure.code not in ("credentials", "restic"):
            raise
