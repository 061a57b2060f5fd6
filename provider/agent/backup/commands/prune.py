"""The command "prune": gives the room of what was forgotten back, on a schedule of its own."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

from repository.recovery_point import find_contents
from repository.repository import Repository
from repository.tidying import forget_unfinished
from repository.verification_mark import damage_warning
from runtime.lease import ALONE, lease
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from runtime.state_files import state_folder
from scheduling.execute_run import Facts


def prune(request: Request, progress: Progress, facts: Facts) -> dict[str, Any]:
    """Prunes the repository of a schedule document. How much is unused may grow to restic's default, so that little is sent again."""
    volume_id = volume_id_of(request.fields)
    warning = damage_warning(volume_id, request.target)
    if warning is not None:
        # It would move what it can read, and end at what it cannot.
        facts.warnings.append(f"nothing was pruned: {warning}")
        return {}
    repository = Repository(request.access(), request.limits, state_folder(volume_id, request.target) / "cache")
    progress.report("prepare")
    with alone(volume_id, request.limits.wait_seconds):
        forget_unfinished(repository, volume_id, find_contents(repository))
        progress.report("prune")
        repository.unlocking(lambda: repository.run("prune"))
    return {}


@contextmanager
def alone(volume_id: str, wait_seconds: float | None) -> Generator[None, None, None]:
    """Keeps backups, verifications and drills of this host off: pruning takes away what they read without a lock of restic's."""
    with ExitStack() as leases:
        for work in ALONE:
            leases.enter_context(lease(f"{work}-{volume_id}", f"pruning the backups of volume {volume_id}", wait_seconds))
        yield
