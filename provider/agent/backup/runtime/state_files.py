"""Where the program keeps what it must know of the next time, and how that is written."""

import json
import os
from pathlib import Path
from typing import Any

STATE = Path("/var/lib/pulumi-lvm/backups")
METRICS = Path("/var/lib/pulumi-lvm/metrics")
RUN = Path("/run/pulumi-lvm")


def write_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Writes a file so that a power cut leaves the old text or the new, and nothing between. mode: whatever the umask is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # open(2) takes the umask's bits off, and leaves the mode of a file that a cut write has left.
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Removes a file for good; one that is gone already is fine."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file; None when there is none, or it cannot be read as one."""
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType]


def state_folder(volume_id: str, target: str) -> Path:
    """The folder of one volume's backups to one target."""
    return STATE / volume_id / target
