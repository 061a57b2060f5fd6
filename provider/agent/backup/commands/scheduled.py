"""What timers start: the commands "run", "prune" and "drill"."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from runtime.progress import Progress
from runtime.request import Request
from scheduling.execute_run import Facts, execute_scheduled_run
from scheduling.run_mark import Kind

Act = Callable[[Request, Progress, Facts], dict[str, Any]]

# What a run does is loaded when its turn has come: of those that wait there may be hundreds.


def scheduled_backup(request: Request, progress: Progress) -> dict[str, Any]:
    """A recovery point, and all that comes after it."""

    def load() -> Act:
        from commands.run import run

        return run

    return _execute(request, progress, "backup", load)


def scheduled_prune(request: Request, progress: Progress) -> dict[str, Any]:
    """Gives the room of what was forgotten back."""

    def load() -> Act:
        from commands.prune import prune

        return prune

    return _execute(request, progress, "prune", load)


def scheduled_drill(request: Request, progress: Progress) -> dict[str, Any]:
    """A real restore into a scratch volume."""

    def load() -> Act:
        from commands.drill import drill

        return drill

    return _execute(request, progress, "drill", load)


def _execute(request: Request, progress: Progress, kind: Kind, load: Callable[[], Act]) -> dict[str, Any]:
    """Whatever others do with the volume meanwhile is waited for: that is no failure."""
    patient = replace(request, limits=replace(request.limits, wait_seconds=None))
    return execute_scheduled_run(patient, kind, lambda facts: load()(patient, progress, facts))
