"""Mounting a view of a device (FUSE), in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pyfuse3
import trio

from runtime.command import die_with_parent, run
from runtime.failure import Failure
from runtime.interruption import ignore, shielded
from runtime.state_files import RUN
from segments.segment_tree import SegmentTree

# The same path in every run and on every host, as restic records it. The mount is private to the process, see the entry program.
VIEW = RUN / "view"
MOUNT_SECONDS = 30
# The descriptor of a view that is of no device.
NO_DEVICE = -1


@contextmanager
def mounted(make: Callable[[int], SegmentTree], device: str | None, is_writable: bool) -> Generator[Path, None, None]:
    """Mounts a view of a device in a process of its own, which ends with this one.

    make: the view of an open descriptor; -1 when device is None, for a view that has none. Raises Failure "view" when it cannot be mounted.
    """
    VIEW.mkdir(parents=True, exist_ok=True)
    with shielded():
        child = os.fork()
        if child == 0:
            _serve(make, device, is_writable)
    try:
        _wait_until_mounted(child)
        subprocess.run(["ionice", "-c", "3", "-p", str(child)], check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield VIEW
    finally:
        with shielded():
            _unmount(child)


def _serve(make: Callable[[int], SegmentTree], device: str | None, is_writable: bool) -> None:
    """The process of the view; never returns."""
    code = 1
    try:
        # To stop is for the parent: it ends restic first, and then unmounts. By prctl(2) this process does not outlive it.
        ignore()
        die_with_parent()
        os.nice(10)
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(null, standard)
        mode = os.O_RDWR | os.O_EXCL if is_writable else os.O_RDONLY
        descriptor = NO_DEVICE if device is None else os.open(device, mode | os.O_CLOEXEC)
        pyfuse3.init(make(descriptor), str(VIEW), {"fsname=pulumi-lvm", "rw" if is_writable else "ro"})
        try:
            trio.run(pyfuse3.main)
        finally:
            pyfuse3.close()
        if is_writable and descriptor != NO_DEVICE:
            os.fsync(descriptor)
        code = 0
    except BaseException as error:
        print(f"the view of {device or 'what is read back'} failed: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def _wait_until_mounted(child: int) -> None:
    deadline = time.monotonic() + MOUNT_SECONDS
    while not os.path.ismount(VIEW):
        ended, _ = os.waitpid(child, os.WNOHANG)
        if ended or time.monotonic() > deadline:
            raise Failure(
                "view",
                "Cannot mount the view of the volume",
                "its process ended at once" if ended else f"it was not there after {MOUNT_SECONDS} s",
                "Check that /dev/fuse is there ('modprobe fuse') and that python3-pyfuse3 is installed",
            )
        time.sleep(0.02)


def _unmount(child: int) -> None:
    if os.path.ismount(VIEW):
        try:
            run("umount", str(VIEW))
        except Failure:
            run("umount", "--lazy", str(VIEW))
    try:
        deadline = time.monotonic() + MOUNT_SECONDS
        while os.waitpid(child, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
    except ChildProcessError:
        pass  # it ended before it had mounted anything
