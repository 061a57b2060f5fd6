"""The rolling check: all data of a repository is read again within a number of days, a part at a time, however often the schedule runs."""

import re
from dataclasses import dataclass
from typing import Any

from runtime import utc
from runtime.request import invalid

DAY_SECONDS = 86400
# restic divides packs by their id's first byte.
MOST_PARTS = 256


@dataclass(frozen=True)
class DataRead:
    """Where the rolling check is. next: the part to be read next, from 1; above `of` when all were read. cycle_started: Unix time."""

    next: int
    of: int
    cycle_started: int

    def as_json(self) -> dict[str, Any]:
        return {"next": self.next, "of": self.of, "cycleStarted": utc.iso(self.cycle_started)}


def read_data_read(found: dict[str, Any] | None) -> DataRead | None:
    """The record of the status; None when there is none, or it cannot be read."""
    if found is None:
        return None
    try:
        return DataRead(int(found["next"]), int(found["of"]), utc.unix(found["cycleStarted"]))
    except (KeyError, TypeError, ValueError):
        return None


def next_part(record: DataRead | None, within_days: int, run_seconds: int, now: int) -> DataRead | None:
    """The record whose part `next` is due now; None when nothing is. Ask again with `next` one higher after the part was read.

    run_seconds: the longest time between two runs. A part that becomes due just after a run waits that long, so a cycle is shorter than
    `within_days` by that; a part that a missed run should have read is due until it was read.
    """
    window = max(1, within_days * DAY_SECONDS - run_seconds)
    parts = max(1, min(within_days, MOST_PARTS, window // max(1, run_seconds)))
    fresh = DataRead(1, parts, now)
    if record is None or record.of != parts or not 0 <= now - record.cycle_started:
        return fresh
    age = now - record.cycle_started
    if record.next > record.of:
        # From when it was due, not from now: else each cycle would be late by another run.
        on_time = DataRead(1, parts, record.cycle_started + window)
        return None if age < window else on_time if age < 2 * window else fresh
    return record if (record.next - 1) * window <= age * record.of else None


def share_options(read_data: object) -> list[str]:
    """The member readData of a request, as options of restic's check. Raises Failure "request"."""
    if read_data is True:
        return ["--read-data"]
    if read_data is False:
        return []
    if isinstance(read_data, str) and re.fullmatch(r"\d+(\.\d+)?%|\d+/\d+", read_data):
        return [f"--read-data-subset={read_data}"]
    raise invalid("readData", 'is neither true, false, nor a share such as "5%" or "1/7"')
