"""The turn of a scheduled run: as many go at a time as the host may bear, in the order in which they came."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from runtime.failure import Failure
from runtime.interruption import off_the_clock
from runtime.lease import lease, open_lock, try_lock
from runtime.state_files import RUN

# A file for each Host resource of this machine, with how many runs it allows at a time.
LIMITS = Path("/etc/pulumi-lvm/max-concurrent-runs")
DEFAULT_LIMIT = 2

# Only the first in the queue looks; the others sleep in the kernel.
_LOOK_SECONDS = 0.2
_WHO = "a scheduled run"


@contextmanager
def turn(leases: list[str], on_wait: Callable[[], None]) -> Generator[None, None, None]:
    """The block has one of the host's slots, and no other scheduled run needs any of its leases. on_wait: called once, if it has to wait.

    A run whose leases others have does not take a slot. It takes the leases themselves when it needs them: a backup by hand must not wait
    for one that waits itself. The deadline stands still.
    """
    taken = _take_at_once(leases)
    if taken is None:
        on_wait()
        with off_the_clock():
            taken = _await(leases)
    with taken:
        yield


def limit() -> int:
    """How many runs may go at a time: the lowest of what the stacks on this host say."""
    found: list[int] = []
    for each in LIMITS.glob("[!.]*"):
        try:
            found.append(int(each.read_text()))
        except (OSError, ValueError):
            continue
    return max(1, min(found, default=DEFAULT_LIMIT))


def _take_at_once(leases: list[str]) -> ExitStack | None:
    with ExitStack() as queue, ExitStack() as taken:
        # Who waits already is first.
        if _hold(queue, "queue") and _hold_all(taken, leases) and _hold_slot(taken):
            return taken.pop_all()
        return None


def _await(leases: list[str]) -> ExitStack:
    while True:
        for each in leases:
            for name in (each, _turn_of(each)):
                with lease(name, _WHO, None):
                    pass
        with ExitStack() as queue, ExitStack() as taken:
            # The kernel keeps the order, and a signal that asks to stop gets through.
            fcntl.flock(_open(queue, "queue"), fcntl.LOCK_EX)
            if not _hold_all(taken, leases):
                continue
            while not _hold_slot(taken):
                time.sleep(_LOOK_SECONDS)
            return taken.pop_all()


def _turn_of(name: str) -> str:
    return f"turn-{name}"


def _hold_all(taken: ExitStack, leases: list[str]) -> bool:
    return all(_hold(taken, _turn_of(each)) and _is_free(each) for each in leases)


def _hold_slot(taken: ExitStack) -> bool:
    """Takes a slot, unless as many are held as may be. The queue must be ours, so that nobody else takes one meanwhile."""
    allowed = limit()
    # Those beyond the limit are from when it was higher.
    names = {f"slot-{number}" for number in range(allowed)} | {each.stem for each in RUN.glob("slot-*.lock")}
    with ExitStack() as tried:
        descriptors = [_open(tried, each) for each in sorted(names)]
        free = [each for each in descriptors if try_lock(each)]
        if len(descriptors) - len(free) >= allowed:
            return False
        # The lock stays until the copy is closed, too.
        taken.callback(os.close, os.dup(free[0]))
        return True


def _open(holder: ExitStack, name: str) -> int:
    descriptor, _ = open_lock(name)
    holder.callback(os.close, descriptor)
    return descriptor


def _hold(holder: ExitStack, name: str) -> bool:
    """Whether the lock is ours now, for as long as the holder is not closed."""
    return try_lock(_open(holder, name))


def _is_free(name: str) -> bool:
    try:
        with lease(name, _WHO):
            return True
    except Failure as failure:
        if failure.code != "busy":
            raise
        return False
