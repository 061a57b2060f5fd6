"""Hooks: commands of the user that a run calls."""

import os
import select
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.command import PATH, die_with_parent
from runtime.failure import Failure
from runtime.interruption import forget_in_child, shielded
from runtime.request import Request, object_of, optional_object, text_of, volume_id_of, whole_of

OUTPUT_CHARACTERS = 1500
POLL_SECONDS = 0.2
END_SECONDS = 10
# Every process of a hook has this in its environment: by it what is left of a killed one is found, whatever groups it made.
MARK = "PULUMI_LVM_HOOK"


@dataclass(frozen=True)
class Hook:
    """command is run by /bin/sh -c. name: "before", "after" or "onFailure". mark: another one for each call."""

    name: str
    command: str
    timeout_seconds: float
    mark: str


def hook_of(request: Request, name: str) -> Hook | None:
    given = optional_object(optional_object(request.fields, "hooks"), name)
    if not given:
        return None
    return Hook(name, text_of(given, "command"), whole_of(given, "timeoutSeconds", 60), str(uuid.uuid4()))


def hook_from(found: dict[str, Any]) -> Hook:
    """A hook that as_json wrote down."""
    return Hook(str(found["name"]), str(found["command"]), float(found["timeoutSeconds"]), str(found["mark"]))


def as_json(hook: Hook) -> dict[str, Any]:
    return {"name": hook.name, "command": hook.command, "timeoutSeconds": hook.timeout_seconds, "mark": hook.mark}


def environment_of(request: Request) -> dict[str, str]:
    """What every hook is told. Nothing of our own environment, and no secret."""
    return {
        "PATH": PATH,
        "HOME": os.environ.get("HOME", "/root"),
        "LANG": "C.UTF-8",
        "PULUMI_LVM_VOLUME": volume_id_of(request.fields),
        "PULUMI_LVM_VOLUME_NAME": text_of(object_of(request.fields, "identity"), "name"),
        "PULUMI_LVM_TARGET": request.target,
        "PULUMI_LVM_POLICY": text_of(object_of(request.fields, "policy"), "name"),
    }


def call_hook(hook: Hook, environment: dict[str, str]) -> None:
    """Runs a hook to its end, in the host's mount namespace. Whatever ends the wait ends all its processes.

    Raises Failure "hook" with the last lines that it printed, when it fails or takes longer than its timeout.
    """
    parent = os.getpid()

    def prepare() -> None:
        forget_in_child()
        die_with_parent()
        if os.getppid() != parent:
            os._exit(1)

    argv = ["nsenter", "--mount=/proc/1/ns/mnt", "--wd=/", "--", "/bin/sh", "-c", hook.command]
    with shielded():
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**environment, MARK: hook.mark},
            start_new_session=True, preexec_fn=prepare,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        output, is_over = _watch(process, process.stdout.fileno(), time.monotonic() + hook.timeout_seconds)
    except BaseException:
        _kill(hook, process)
        raise
    finally:
        process.stdout.close()
    if is_over:
        _kill(hook, process)
        raise _failure(hook, f"it took longer than {hook.timeout_seconds:g} s, and was killed", output)
    if process.returncode != 0:
        end = f"was killed by signal {-process.returncode}" if process.returncode < 0 else f"ended with exit code {process.returncode}"
        raise _failure(hook, f"it {end}", output)


def end_hook(hook: Hook) -> None:
    """Kills every process of a hook, until there is none: one may make another while this looks.

    Gives up after 10 s: a process that hangs in the kernel ends when that lets it, and nobody waits for it here.
    """
    mark = f"{MARK}={hook.mark}".encode()
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        found = [each for each in _processes() if mark in _environment_of(each)]
        if not found:
            return
        for each in found:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)


def _kill(hook: Hook, process: "subprocess.Popen[bytes]") -> None:
    """Ends a hook that we started: its group, with those that hide their environment, and whatever left the group."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
    end_hook(hook)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        pass


def _watch(process: "subprocess.Popen[bytes]", descriptor: int, deadline: float) -> tuple[str, bool]:
    """Waits for the hook itself: what it leaves in the background may keep its output open. Returns that output's end, and whether time is up."""
    os.set_blocking(descriptor, False)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    tail = b""
    is_open = True
    while True:
        has_ended = process.poll() is not None
        if is_open and poll.poll(0 if has_ended else POLL_SECONDS * 1000):
            try:
                part = os.read(descriptor, 1 << 16)
            except BlockingIOError:
                part = b""
            is_open = part != b""
            tail = (tail + part)[-4 * OUTPUT_CHARACTERS :]
            if is_open and time.monotonic() < deadline:
                continue
        elif not has_ended and not is_open:
            time.sleep(POLL_SECONDS / 10)
        if has_ended or time.monotonic() >= deadline:
            return tail.decode(errors="replace")[-OUTPUT_CHARACTERS:].strip(), not has_ended


def _failure(hook: Hook, how: str, output: str) -> Failure:
    ending = f"; its output ends with: {output}" if output else "; it printed nothing"
    return Failure("hook", f'Cannot run the "{hook.name}" hook', f"{how}{ending}", "Repair the hook's command in the backup policy, or what it calls")


def _processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]


def _environment_of(process: int) -> list[bytes]:
    """Empty for a process that is gone, or a zombie."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
