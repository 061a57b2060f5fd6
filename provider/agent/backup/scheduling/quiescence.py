"""The hooks around a snapshot: a guest that the one froze is thawed by the other, however the run ends."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runtime.failure import Failure, failure_of, join_failures
from runtime.interruption import shielded
from runtime.overtime import overtime
from runtime.request import Request, optional_object, volume_id_of, whole_of
from runtime.state_files import RUN, read_json, remove_file, write_file
from scheduling import hook

# When the policy says nothing: a snapshot takes a second, and most of what a guest runs bears half a minute.
MAX_FREEZE_SECONDS = 30


class Quiescence:
    """What the hooks around a snapshot came to. is_quiesced: the before hook ended well. after_failure: of the after hook."""

    def __init__(self) -> None:
        self.is_quiesced = False
        self.after_failure: Failure | None = None


@contextmanager
def quiescence(request: Request, found: Quiescence) -> Generator[None, None, None]:
    """The before hook, the block, the after hook. Raises Failure "hook" when the before hook fails; a failed after hook is noted in `found`.

    A block that takes longer than hooks.maxFreezeSeconds goes on, and the after hook is called meanwhile: what hangs must not keep a guest
    frozen. That is a failure in `found` too.

    Until the after hook is over a file says that it is due: should this process be killed, call_pending_after makes up for it. The file
    is gone after a boot, and so is every guest that might be frozen.
    """
    before = hook.hook_of(request, "before")
    bound = whole_of(optional_object(request.fields, "hooks"), "maxFreezeSeconds", MAX_FREEZE_SECONDS)
    thawed: list[Failure] = []

    def thaw() -> None:
        # Noted first: what comes of the block from here on is not what it was frozen for.
        thawed.append(_frozen_too_long(bound))
        failure = call_pending_after(request)
        if failure is not None:
            thawed.append(failure)

    try:
        _note_due(request, before)
        if before is not None:
            hook.call_hook(before, hook.environment_of(request))
            found.is_quiesced = True
        with overtime(bound if hook.hook_of(request, "after") is not None else None, thaw):
            yield
    finally:
        failure = call_pending_after(request)
        if thawed:
            found.is_quiesced = False
            failure = join_failures(thawed, "what was made by then is not quiesced")
        found.after_failure = failure


def call_pending_after(request: Request) -> Failure | None:
    """Runs the after hook if it is due, and returns its failure. What is left of the before hook is killed first."""
    file = _file(request)
    due: dict[str, Any] | None = read_json(file)
    if due is None:
        return None
    failure: Failure | None = None
    # An interruption waits: the hook has a timeout of its own.
    with shielded():
        if due.get("before") is not None:
            hook.end_hook(hook.hook_from(due["before"]))
        try:
            hook.call_hook(hook.hook_from(due["after"]), hook.environment_of(request))
        except (Failure, OSError) as error:
            failure = failure_of(error)
        remove_file(file)
    return failure


def _frozen_too_long(bound: int) -> Failure:
    return Failure(
        "frozen",
        "Cannot hold the guest still until there is a snapshot",
        f"that took longer than maxFreeze, which is {bound} s, so the after hook was called before its end",
        "See what kept LVM busy or hung ('journalctl', 'dmesg'), or raise hooks.maxFreeze in the backup policy",
    )


def _note_due(request: Request, before: hook.Hook | None) -> None:
    after = hook.hook_of(request, "after")
    if after is not None:
        # With the command itself: the policy may change while the run is under way.
        due = {"after": hook.as_json(after), "before": hook.as_json(before) if before is not None else None}
        write_file(_file(request), f"{json.dumps(due)}\n")


def _file(request: Request) -> Path:
    return RUN / f"after-hook-{volume_id_of(request.fields)}-{request.target}.json"
