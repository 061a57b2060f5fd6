"""The ways in which a run is ended from outside: its deadline, and signals that ask it to stop."""

import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from runtime.failure import Failure

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)

_shielded = 0
_pending: int | None = None
_deadline_seconds = 0.0
_stands_since: float | None = None
_stood_seconds = 0.0


def watch(deadline_seconds: float | None) -> None:
    """From here on the main thread gets a Failure, once, when the deadline (seconds from now) is over or a signal asks to stop."""
    for number in STOPPING:
        signal.signal(number, _stop)
    start_deadline(deadline_seconds)


def start_deadline(seconds: float | None) -> None:
    """Lets the deadline be that many seconds from now; None: there is none."""
    global _deadline_seconds
    if seconds is not None:
        _deadline_seconds = seconds
        signal.setitimer(signal.ITIMER_REAL, seconds)


@contextmanager
def off_the_clock() -> Generator[None, None, None]:
    """The deadline stands still in the block, in which this run waits for others."""
    global _stands_since, _stood_seconds
    if threading.current_thread() is not threading.main_thread() or _stands_since is not None:
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    _stands_since = time.monotonic()
    try:
        yield
    finally:
        _stood_seconds += time.monotonic() - _stands_since
        _stands_since = None
        signal.setitimer(signal.ITIMER_REAL, left)


def clock() -> float:
    """Seconds on a clock that stands still while this run is off the clock."""
    since = _stands_since
    return (time.monotonic() if since is None else since) - _stood_seconds


def ignore() -> None:
    """From here on neither the deadline nor a signal ends the run: what is left to do is to say how it ended."""
    global _pending
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    _pending = None


def forget_in_child() -> None:
    """Gives a forked process the default handlers back."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def shielded() -> Generator[None, None, None]:
    """Puts an interruption off to the end of the block: an LVM command that is killed may leave a guest's disk suspended."""
    global _shielded, _pending
    if threading.current_thread() is not threading.main_thread():
        # Signals reach the main thread alone.
        yield
        return
    _shielded += 1
    try:
        yield
    finally:
        _shielded -= 1
        if _shielded == 0 and _pending is not None:
            number, _pending = _pending, None
            _stop(number, None)


def deadline_failure(held_by: str | None = None) -> Failure:
    """held_by: what it waits for nevertheless; None when it is ended."""
    over = f"the deadline of {_deadline_seconds:g} s is over"
    if held_by is None:
        return Failure("deadline", "Cannot go on", over, "Raise deadlineSeconds, or find out what was slow from the phases in the log")
    return Failure(
        "deadline",
        "Cannot go on",
        f"{over}, and it still waits for {held_by}, which it must not end",
        "See what holds that up: 'ps -eo pid,stat,wchan:32,args', 'dmesg', and for a lock of LVM 'fuser -v /run/lock/lvm/*'",
    )


def _stop(number: int, _frame: FrameType | None) -> None:
    global _pending
    if _shielded:
        _pending = number
        return
    # What follows is tidying up, and must not be cut by a second signal.
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGALRM:
        raise deadline_failure()
    raise Failure("stopped", "Cannot go on", f"it was stopped by {signal.Signals(number).name}", "Run it again")
