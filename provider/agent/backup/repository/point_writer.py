"""Writing a recovery point into the repository: the data first, and then the manifest that makes it one."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from repository.manifest import Manifest
from repository.recovery_point import MANIFEST_FILE, data_tags, manifest_tags
from repository.repository import Repository
from runtime.failure import Failure
from scheduling.wall_clock import fixed_zone, wall_clock


class PointWriter:
    """time_zone: the IANA name of the one by whose clock restic stores the points. folder: for the manifest on its way."""

    def __init__(self, repository: Repository, time_zone: str, folder: Path) -> None:
        self._repository = repository
        self._time_zone = time_zone
        self._folder = folder

    def send_data(self, draft: Manifest, view: Path, parent: str | None, tick: Callable[[], None]) -> int:
        """Lets restic read a view. Returns the bytes that it added to the repository, before it compressed and encrypted them.

        parent: the snapshot that it compares with; None to read all. tick: called now and then.
        """
        options = ["--force"] if parent is None else ["--parent", parent]
        return self._repository.unlocking(lambda: self._back_up(draft, view, options, tick))

    def _back_up(self, draft: Manifest, view: Path, options: list[str], tick: Callable[[], None]) -> int:
        moment = wall_clock(draft.time, self._time_zone)
        arguments = ["backup", "--json", "--ignore-inode", "--ignore-ctime", *options, *labels_of(draft, moment, data_tags(draft)), "."]
        added: int | None = None
        with fixed_zone(moment) as zone, self._repository.started(*arguments, cwd=view, time_zone=zone) as stdout:
            for line in stdout:
                tick()
                if b'"summary"' in line:
                    added = int(json.loads(line)["data_added"])
        if added is None:
            raise Failure("restic", "Cannot tell what restic did", "it ended well and printed no summary", "Use restic 0.14 or newer")
        return added

    def save(self, manifest: Manifest) -> None:
        """Stores the manifest: from here on the recovery point exists."""
        moment = wall_clock(manifest.time, self._time_zone)
        arguments = ["backup", "--json", "--stdin", "--stdin-filename", MANIFEST_FILE, "--force", *labels_of(manifest, moment, manifest_tags(manifest))]
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / "manifest.new"
        fresh.write_text(manifest.as_text(), encoding="utf-8")
        try:
            with fresh.open("rb") as stdin, fixed_zone(moment) as zone, self._repository.started(*arguments, stdin=stdin, time_zone=zone):
                pass
        finally:
            fresh.unlink()


def labels_of(manifest: Manifest, moment: datetime, tags: list[str]) -> list[str]:
    """Options that say of a snapshot whose it is and of when."""
    # restic reads the time in the time zone of its environment.
    return ["--host", manifest.host, "--time", moment.strftime("%Y-%m-%d %H:%M:%S"), *(part for each in tags for part in ("--tag", each))]
