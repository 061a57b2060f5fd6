"""The command "backup": a recovery point without a schedule."""

import time
from typing import Any

from commands.backup_run import BackupRun
from runtime import status
from runtime import utc
from runtime.failure import failure_of
from runtime.progress import Progress
from runtime.request import Request


def back_up(request: Request, progress: Progress) -> dict[str, Any]:
    """Makes a recovery point, and records how that went."""
    run = BackupRun(request, progress, None)
    with run.lease():
        started = time.monotonic()

        def attempt(**more: Any) -> dict[str, Any]:
            return {"time": utc.now(), "durationSeconds": round(time.monotonic() - started, 3), **more}

        try:
            outcome = run.attempt()
        except BaseException as error:
            failure = failure_of(error).mapped(request.redact).as_json()
            try:
                status.record(run.volume_id, run.target, {**run.identity, "lastAttempt": attempt(isSuccess=False, failure=failure)})
            except OSError:
                pass  # what failed first is what the caller must see
            raise
        warnings = {"warnings": outcome["warnings"]} if "warnings" in outcome else {}
        status.record(run.volume_id, run.target, {**run.identity, "lastAttempt": attempt(isSuccess=True, **warnings), "lastSuccess": outcome})
        return outcome
