"""Marks of scheduled runs under way. They lie on disk beside the status, so that a run which died is found, after a boot too."""

import json
from pathlib import Path
from typing import Any, Literal

from state_files import read_json, remove_file, write_file

Kind = Literal["backup", "prune", "drill"]
KINDS: tuple[Kind, ...] = ("backup", "prune", "drill")

_STOPPED = "stopped.json"


def boot_id() -> str:
    """Another one after each boot (random(4))."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def write_mark(folder: Path, mark: dict[str, Any]) -> None:
    """mark: {kind, since, bootId, schedule}, and `attempt` once the run came to an end that is still to be reported."""
    write_file(_file(folder, mark["kind"]), f"{json.dumps(mark)}\n")


def read_mark(folder: Path, kind: Kind) -> dict[str, Any] | None:
    return read_json(_file(folder, kind))


def remove_mark(folder: Path, kind: Kind) -> None:
    remove_file(_file(folder, kind))


def other_under_way(folder: Path, kind: Kind) -> dict[str, Any] | None:
    """The mark of a run of another kind that has not come to its end."""
    marks = [read_mark(folder, each) for each in KINDS if each != kind]
    return next((each for each in marks if each is not None and "attempt" not in each), None)


def note_stop(folder: Path) -> None:
    """A backup was asked to stop: if the host is shutting down, it is made up for after the boot."""
    write_file(folder / _STOPPED, f"{json.dumps({'bootId': boot_id()})}\n")


def drop_stop(folder: Path) -> None:
    remove_file(folder / _STOPPED)


def was_stopped_by_shutdown(folder: Path) -> bool:
    found = read_json(folder / _STOPPED)
    return found is not None and found.get("bootId") != boot_id()


def _file(folder: Path, kind: Kind) -> Path:
    return folder / f"run-{kind}.json"
