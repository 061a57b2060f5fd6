"""What a backup finds in its repository, and what it does not find any more."""

from pathlib import Path

from lvm.base_snapshot import read_base_snapshot
from repository.known_points import lost_failure, lost_points, note_loss, note_points, refuse_lost
from repository.quick_key import quicken
from repository.recovery_point import Contents, read_contents
from repository.repository import Repository
from repository.s3_objects import IDENTITY_FILE
from repository.tidying import forget_unfinished, look_undisturbed
from runtime.failure import Failure
from runtime.state_files import remove_file


def open_contents(repository: Repository, folder: Path, volume_id: str, target: str, is_after_cut: bool, is_start_over: bool) -> Contents:
    """What the repository has; makes it on the first backup, and tidies up after dead runs.

    is_start_over: the user knows what is lost. Raises Failure "lost" otherwise: nothing is made anew where something was.
    """
    url = repository.access.url
    repository.check_reachable()
    try:
        if is_after_cut:
            repository.unlock()
        contents = read_contents(repository.snapshots())
    except Failure as failure:
        if failure.code != "absent":
            raise
        if not is_start_over:
            _refuse_gone(folder, volume_id, target, url)
        if repository.initialise():
            quicken(repository)
        # Whose it is stood beside the repository that is gone.
        remove_file(folder / IDENTITY_FILE)
        contents = Contents([], [], 1)
    if not is_start_over and lost_points(folder, url, contents.points):
        # A mark that is being set meanwhile can hide one.
        contents = look_undisturbed(repository, volume_id)
        note_loss(volume_id, target, contents.points)
        refuse_lost(folder, volume_id, url, contents.points)
    contents = forget_unfinished(repository, volume_id, contents)
    note_points(volume_id, target, url, contents.points)
    return contents


def _refuse_gone(folder: Path, volume_id: str, target: str, url: str) -> None:
    """Raises Failure "lost" when there was a repository."""
    base = read_base_snapshot(folder)
    if lost_points(folder, url, []) or (base is not None and base.repository == url):
        note_loss(volume_id, target, [])
    refuse_lost(folder, volume_id, url, None)
    # Releases that noted no recovery points left the base alone.
    if base is not None and base.repository == url:
        raise lost_failure(url, f"the repository is gone, and with it recovery point {base.manifest.point}", volume_id)
