"""What is done when something takes too long that must not be ended, such as a command of LVM that hangs."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from runtime.interruption import shielded

# A clock that stands still is looked at again.
_LOOK_SECONDS = 0.05


@contextmanager
def overtime(seconds: float | None, act: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> Generator[None, None, None]:
    """Calls act once, when the block takes longer than that (None: never) by the clock, while the block goes on. At its end act is over.

    In a thread and not by a signal: the kernel may hold the main thread for as long as it likes. act must not raise.
    """
    if seconds is None:
        yield
        return
    is_over = threading.Event()
    end = clock() + seconds

    def look_on() -> None:
        while (left := end - clock()) > 0:
            if is_over.wait(max(left, _LOOK_SECONDS)):
                return
        act()

    thread = threading.Thread(target=look_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with shielded():
            is_over.set()
            thread.join()
