"""The command "status": what is known on this host of its backups, their schedules and the pools they take room in."""

import time
from pathlib import Path
from typing import Any

from lvm import logical_volume
from lvm.logical_volume import VOLUME
from lvm.pool_samples import read_samples, used_bytes
from runtime import utc
from runtime.command import run
from runtime.progress import Progress
from runtime.request import Request, optional_object
from runtime.state_files import STATE, read_json
from scheduling.run_mark import KINDS
from scheduling.schedules import read_schedules, volume_id_in

UNITS = Path("/etc/systemd/system")


def show_status(request: Request, progress: Progress) -> dict[str, Any]:
    """Looks and changes nothing. No secret of a schedule document is in it."""
    progress.report("status")
    found = [read_json(each) for each in sorted(STATE.glob("*/*/status.json"))]
    return {
        "time": utc.now(),
        "backups": [each for each in found if each is not None],
        "schedules": _schedules(),
        "pools": _pools(),
    }


def _schedules() -> list[dict[str, Any]]:
    documents = read_schedules()
    units = {str(each.get("schedule")): [f"pulumi-lvm-{kind}@{each.get('schedule')}.timer" for kind in KINDS] for each in documents}
    timers = _timers([unit for names in units.values() for unit in names if (UNITS / unit).exists()])
    return [
        {
            "schedule": each.get("schedule"),
            "volume": volume_id_in(each),
            "target": each.get("target"),
            "policy": optional_object(each, "policy").get("name"),
            "timers": [timers[unit] for unit in units[str(each.get("schedule"))] if unit in timers],
        }
        for each in documents
    ]


def _timers(units: list[str]) -> dict[str, dict[str, Any]]:
    """By one command for all of them."""
    if not units:
        return {}
    return parse_timers(run("systemctl", "show", "--timestamp=utc", "-p", "Id,ActiveState,UnitFileState,NextElapseUSecRealtime", *units))


def parse_timers(text: str) -> dict[str, dict[str, Any]]:
    """What "systemctl show" prints of timers, by their units: an empty line ends each."""
    shown = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.split("\n\n")]
    return {each["Id"]: _timer(each) for each in shown if "Id" in each}


def _timer(shown: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": shown["Id"],
        "isActive": shown.get("ActiveState") == "active",
        "isEnabled": shown.get("UnitFileState") == "enabled",
        "nextRun": _iso(shown.get("NextElapseUSecRealtime", "")),
    }


def _iso(shown: str) -> str | None:
    """A time such as "Thu 2026-12-31 22:00:00 UTC"; None when there is none. systemd 252 knows no other form of this property."""
    try:
        return time.strftime(utc.FORMAT, time.strptime(shown, "%a %Y-%m-%d %H:%M:%S UTC"))
    except ValueError:
        return None


def _pools() -> list[dict[str, Any]]:
    """The thin pools that volumes of ours are in."""
    volumes = logical_volume.look()
    backed_up = {each.pool_uuid for each in volumes if each.pool and each.tag_value(VOLUME) is not None}
    return [
        {
            "volumeGroup": pool.group,
            "pool": pool.name,
            "sizeBytes": pool.size_bytes,
            "usedBytes": used_bytes(pool),
            "metadataPercent": pool.metadata_percent,
            "samples": read_samples(pool),
        }
        for pool in volumes
        if pool.uuid in backed_up
    ]
