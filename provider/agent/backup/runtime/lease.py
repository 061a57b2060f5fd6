"""Leases: one process at a time works on a volume's backups, or on a pool's metadata."""

import fcntl
import json
import os
import time
from collections.abc import Generator
from contextlib import contextmanager

from runtime import utc
from runtime.failure import Failure
from runtime.interruption import off_the_clock
from runtime.state_files import RUN

POLL_SECONDS = 0.1

# What works on a volume's backups, each with a lease of its own: who takes all of them, in this order, is alone with the repositories.
ALONE = ("backup", "verify", "drill")


@contextmanager
def lease(name: str, holder: str, wait_seconds: float | None = 0) -> Generator[None, None, None]:
    """Holds the lock /run/pulumi-lvm/NAME.lock, which the kernel drops when this process ends in whatever way.

    holder: what this is, for whoever is refused meanwhile. Raises Failure "busy" when another process has had it for all of wait_seconds;
    None: it waits for as long as that takes, and the run's deadline stands still.
    """
    descriptor, path = open_lock(name)
    try:
        _take(descriptor, path, holder, wait_seconds)
        since = utc.now()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"holder": holder, "pid": os.getpid(), "since": since}).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


@contextmanager
def host_lock(wait_seconds: float) -> Generator[None, None, None]:
    """Holds the lock under which deployments change the host (script.ts). Never in a command that they call while they hold it.

    Raises Failure "busy" when another process has had it for all of wait_seconds.
    """
    RUN.mkdir(parents=True, exist_ok=True)
    path = RUN / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, str(path), "a change of the host", wait_seconds)
        yield
    finally:
        os.close(descriptor)


def open_lock(name: str) -> tuple[int, str]:
    """A descriptor of the file of a lock, which nobody holds by that yet, and its path."""
    RUN.mkdir(parents=True, exist_ok=True)
    path = RUN / f"{name}.lock"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), str(path)


def try_lock(descriptor: int) -> bool:
    """Whether the lock is ours now; False while another process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _take(descriptor: int, path: str, holder: str, wait_seconds: float | None) -> None:
    if try_lock(descriptor):
        return
    if wait_seconds is None:
        with off_the_clock():
            while not try_lock(descriptor):
                time.sleep(POLL_SECONDS)
        return
    deadline = time.monotonic() + wait_seconds
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            raise Failure(
                "busy",
                f"Cannot start {holder}",
                f"{_describe(os.pread(descriptor, 4096, 0))} holds {path}",
                "Wait for its end, or stop that process; what it leaves is tidied up by the next run",
            )
        time.sleep(POLL_SECONDS)


def _describe(record: bytes) -> str:
    try:
        found = json.loads(record)
        return f"{found['holder']} (process {found['pid']}, since {found['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
