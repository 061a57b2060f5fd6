"""The schedule documents of this host. Each holds secrets: what is shown of one is chosen member by member."""

from pathlib import Path
from typing import Any

from runtime.state_files import read_json

SCHEDULES = Path("/etc/pulumi-lvm/schedules")


def read_schedules() -> list[dict[str, Any]]:
    """The documents that can be read, by their file names. No schedule, no folder."""
    found = [read_json(each) for each in sorted(SCHEDULES.glob("*.json"))]
    return [each for each in found if each is not None]


def is_declared(schedule: str) -> bool:
    return (SCHEDULES / f"{schedule}.json").exists()


def volume_id_in(document: dict[str, Any]) -> str:
    volume: object = document.get("volume")
    return str(volume.get("id", "")) if isinstance(volume, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
