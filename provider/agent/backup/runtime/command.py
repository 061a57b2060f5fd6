"""Running LVM and device-mapper commands."""

import ctypes
import os
import signal
import subprocess

from runtime.failure import Failure
from runtime.interruption import shielded

# /usr/local/sbin comes first so that an administrator's own wrapper of an LVM command is honoured, as in our scripts.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# prctl(2)
_PR_SET_PDEATHSIG = 1

_under_way: tuple[str, ...] = ()


def environment() -> dict[str, str]:
    """The environment of every command: nothing of ours but what is needed."""
    return {"PATH": PATH, "LC_ALL": "C", "LVM_SUPPRESS_FD_WARNINGS": "1", "TZ": "UTC", "HOME": os.environ.get("HOME", "/root")}


def run(*argv: str) -> str:
    """Runs a command to its end, whatever interrupts this program, and returns its stdout.

    Raises Failure "command" with the command, its exit code and its stderr.
    """
    global _under_way
    with shielded():
        _under_way = argv
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", env=environment(), start_new_session=True
            )
        finally:
            _under_way = ()
    if done.returncode == 0:
        return done.stdout
    raise Failure(
        "command",
        f"Cannot run {argv[0]}",
        f'"{" ".join(argv)}" ended with exit code {done.returncode}: {done.stderr.strip()}',
        "Look at the message of the command, and run it again after the cause is gone",
    )


def describe_wait() -> str:
    """What the program waits for now, for a thread that looks on."""
    return f'"{" ".join(_under_way)}"' if _under_way else "the kernel, or for a program that it has asked to end"


def die_with_parent() -> None:
    """Called by a new process: the kernel kills it when its parent ends in whatever way."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
