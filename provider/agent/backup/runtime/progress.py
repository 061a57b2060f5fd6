"""The program's output: JSON lines on stdout."""

import json
import sys
import time
from typing import Any

INTERVAL_SECONDS = 1.0


class Progress:
    """Reports what a run is at, at most once a second; a phase's first report comes at once."""

    def __init__(self) -> None:
        self._phase = ""
        self._last = 0.0

    def report(self, phase: str, done_bytes: int = 0, total_bytes: int = 0) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._last < INTERVAL_SECONDS:
            return
        self._phase, self._last = phase, now
        emit({"progress": {"phase": phase, "bytesDone": done_bytes, "bytesTotal": total_bytes}})


def emit(line: dict[str, Any]) -> None:
    """Prints one line. Who started this may be gone: the work goes on, and its status is in the status file."""
    try:
        sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()
    except (BrokenPipeError, ValueError):
        # Else Python would try to write the rest at its end.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")
