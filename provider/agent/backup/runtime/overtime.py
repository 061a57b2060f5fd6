"""What is done when something takes too long that must not be ended, such as a command of LVM that hangs."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from runtime.interruption import shielded


@contextmanager
def overtime(seconds: float | None, act: Callable[[], None]) -> Generator[None, None, None]:
    """Calls act once, when the block takes longer than that (None: never), while the block goes on. At its end act is over.

    In a thread and not by a signal: the kernel may hold the main thread for as long as it likes. act must not raise.
    """
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with shielded():
            timer.cancel()
            timer.join()
