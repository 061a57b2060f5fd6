"""Samples of how full the pools of backed-up volumes are, of which a report tells the day when they will be full."""

import json
import time
from pathlib import Path
from typing import Any

from lvm import logical_volume
from lvm.logical_volume import LogicalVolume
from runtime import status
from runtime import utc
from runtime.failure import Failure
from runtime.lease import lease
from runtime.state_files import STATE, write_file

POOLS = STATE.parent / "pools"
KEPT = 500
INTERVAL_SECONDS = 600


def used_bytes(pool: LogicalVolume) -> int:
    return round(pool.size_bytes * pool.data_percent / 100)


def sample_pool(volume_id: str) -> None:
    """Notes how much of a volume's pool is used, unless that was done less than ten minutes ago. Nothing for a volume that has none."""
    volumes = logical_volume.look()
    try:
        volume = logical_volume.find_volume(volumes, volume_id)
    except Failure:
        return  # whoever works on the volume says so
    pool = logical_volume.find_uuid(volumes, volume.pool_uuid) if volume.pool else None
    if pool is None:
        return
    with lease("pool-samples", "writing samples of the pools", status.LOCK_SECONDS):
        samples = read_samples(pool)
        # Not the difference alone: a clock that was set back must not stop this.
        if samples and 0 <= time.time() - utc.unix(samples[-1]["time"]) < INTERVAL_SECONDS:
            return
        samples.append({"time": utc.now(), "usedBytes": used_bytes(pool)})
        write_file(_file(pool), "".join(f"{json.dumps(each)}\n" for each in samples[-KEPT:]))


def read_samples(pool: LogicalVolume) -> list[dict[str, Any]]:
    """The samples of a pool, the oldest first: {time, usedBytes}."""
    try:
        lines = _file(pool).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
    except (OSError, ValueError):
        return []


def _file(pool: LogicalVolume) -> Path:
    # As device-mapper writes the two names, so that no other two give the same.
    group, name = (each.replace("-", "--") for each in (pool.group, pool.name))
    return POOLS / f"{group}-{name}.jsonl"
