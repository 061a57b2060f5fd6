"""Marks of scheduled runs under way. They lie on disk beside the status, so that a run which died is found, after a boot too."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Literal

from runtime.command import environment
from runtime.state_files import RUN, read_json, remove_file, write_file

Kind = Literal["backup", "prune", "drill"]
KINDS: tuple[Kind, ...] = ("backup", "prune", "drill")

_STOPPED = "stopped.json"


def boot_id() -> str:
    """Another one after each boot (random(4))."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def write_mark(folder: Path, mark: dict[str, Any]) -> None:
    """mark: {kind, since, bootId, pid, schedule}; `isWaiting` until its turn comes; `attempt` once its end is known and still to be reported."""
    write_file(_file(folder, mark["kind"]), f"{json.dumps(mark)}\n")


def read_mark(folder: Path, kind: Kind) -> dict[str, Any] | None:
    return read_json(_file(folder, kind))


def is_alive(mark: dict[str, Any]) -> bool:
    """Whether the process of a run may still be there; its number may have gone to another one."""
    return mark.get("bootId") == boot_id() and Path(f"/proc/{mark.get('pid')}").exists()


def remove_mark(folder: Path, kind: Kind) -> None:
    remove_file(_file(folder, kind))


def note_end(folder: Path, kind: Kind) -> None:
    """The end of what this unit runs is told. Not on disk: only the end of the same unit asks."""
    write_file(_end_file(folder, kind), f"{json.dumps({'invocation': os.environ.get('INVOCATION_ID', '')})}\n")


def has_ended(folder: Path, kind: Kind, invocation: str) -> bool:
    """Whether note_end was called in this invocation of a unit (INVOCATION_ID, systemd.exec(5))."""
    return (read_json(_end_file(folder, kind)) or {}).get("invocation") == invocation


def other_under_way(folder: Path, kind: Kind) -> dict[str, Any] | None:
    """The mark of a run of another kind that has begun and has not come to its end."""
    return next((each for each in _others(folder, kind) if "isWaiting" not in each), None)


def other_waiting(folder: Path, kind: Kind) -> dict[str, Any] | None:
    """The mark of a run of another kind that waits for its turn."""
    return next((each for each in _others(folder, kind) if "isWaiting" in each), None)


def is_host_stopping() -> bool:
    # It ends with another status than 0 then (systemctl(1)).
    done = subprocess.run(["systemctl", "is-system-running"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment())
    return done.stdout.strip() == "stopping"


def note_stop(folder: Path) -> None:
    """The host's shutdown stopped a backup: it is made up for after the boot."""
    write_file(folder / _STOPPED, f"{json.dumps({'bootId': boot_id()})}\n")


def drop_stop(folder: Path) -> None:
    remove_file(folder / _STOPPED)


def was_stopped_by_shutdown(folder: Path) -> bool:
    found = read_json(folder / _STOPPED)
    return found is not None and found.get("bootId") != boot_id()


def _others(folder: Path, kind: Kind) -> list[dict[str, Any]]:
    marks = [read_mark(folder, each) for each in KINDS if each != kind]
    return [each for each in marks if each is not None and "attempt" not in each]


def _end_file(folder: Path, kind: Kind) -> Path:
    return RUN / f"end-{kind}-{folder.parent.name}-{folder.name}.json"


def _file(folder: Path, kind: Kind) -> Path:
    return folder / f"run-{kind}.json"
