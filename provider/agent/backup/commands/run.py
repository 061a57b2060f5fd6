"""The command "run": what a schedule does to a volume, from the freeze of its guest to the heartbeat."""

from collections.abc import Callable
from typing import Any

from commands.backup_run import make_point
from lvm.pool_samples import sample_pool
from runtime import status
from runtime.failure import Failure, join_failures
from runtime.progress import Progress
from runtime.request import Request, flag_of, optional_object, volume_id_of
from scheduling.execute_run import Facts
from scheduling.heartbeat import send_heartbeat
from scheduling.quiescence import Quiescence


def run(request: Request, progress: Progress, facts: Facts) -> dict[str, Any]:
    """A recovery point, then retention, verification and heartbeat. Raises the first Failure of them after all were tried."""
    volume_id = volume_id_of(request.fields)
    sample_pool(volume_id)
    outcome, failures = _make_point(request, progress)
    facts.members["recoveryPoint"] = outcome["id"]
    facts.warnings += outcome.pop("warnings", [])
    # Now, and not at the end: whatever comes of the rest, this recovery point is there.
    status.record(volume_id, request.target, {"lastSuccess": outcome})
    for name, step in _steps(request, progress):
        if any(each.code in ("deadline", "stopped") for each in failures):
            break
        try:
            outcome[name] = found = step()
            facts.warnings += found.get("warnings") or ([found["warning"]] if found.get("warning") else [])
        except Failure as failure:
            failures.append(failure)
    if failures:
        raise join_failures(failures, f"recovery point {outcome['id']} of {outcome['time']} was made and stays")
    problem = send_heartbeat(request)
    if problem is not None:
        facts.warnings.append(problem)
    return {**outcome, "warnings": facts.warnings}


def _make_point(request: Request, progress: Progress) -> tuple[dict[str, Any], list[Failure]]:
    """The recovery point, and the failure of an after hook. Raises the Failure for which there is no recovery point."""
    hooks = Quiescence()
    try:
        outcome = make_point(request, progress, hooks)
    except Failure as failure:
        if hooks.after_failure is None:
            raise
        raise join_failures([failure, hooks.after_failure], "no recovery point was made") from failure
    return outcome, [] if hooks.after_failure is None else [hooks.after_failure]


def _steps(request: Request, progress: Progress) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    steps: list[tuple[str, Callable[[], dict[str, Any]]]] = []
    if optional_object(request.fields, "retention"):
        from commands.retention import retain

        steps.append(("retention", lambda: retain(request, progress)))
    verification = optional_object(request.fields, "verification")
    if flag_of(verification, "afterBackup") or verification.get("readDataWithinDays") is not None:
        from commands.verify import verify_newest

        steps.append(("verification", lambda: verify_newest(request, progress)))
    return steps
