"""Carrying out a scheduled run so that its end is seen whatever it is: in status, metrics, journal and the onFailure hook."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from runtime import interruption
from runtime import utc
from runtime.command import describe_wait
from runtime.failure import Failure, failure_of
from runtime.overtime import overtime
from runtime.request import Request
from scheduling import run_mark
from scheduling.run_mark import Kind
from scheduling.scheduled_run import ScheduledRun


# Past its deadline a run ends restic, unmounts its view and removes its snapshot, which takes seconds; one that is still there then hangs.
OVERDUE_SECONDS = 10


@dataclass
class Facts:
    """What a run learns on its way, kept in its status also when it fails.

    members: more members of the status' section, such as recoveryPoint; a durationSeconds there stands in place of the whole run's.
    """

    members: dict[str, Any] = field(default_factory=dict[str, Any])
    warnings: list[str] = field(default_factory=list[str])


def execute_scheduled_run(request: Request, kind: Kind, act: Callable[[Facts], dict[str, Any]]) -> dict[str, Any]:
    """Runs act while the status says that a run of this kind is under way, and reports its end. Returns what act returned.

    request: the schedule document. One run of a kind, volume and target goes at a time, and as many of the host as its limit says: the
    deadline begins with its turn. On success: journal, status section (lastAttempt, lastPrune or lastDrill), metrics. On any exception:
    journal, the onFailure hook, and the others; the exception goes on to the caller. act raises Failure, and takes what other leases it
    needs. A run that hangs past its deadline is reported then, and once more in status and journal when it ends.
    """
    run = ScheduledRun(request, kind)
    facts = Facts()
    started: float | None = None

    def attempt(failure: Failure | None) -> dict[str, Any]:
        return {
            "time": utc.now(),
            "isSuccess": failure is None,
            "durationSeconds": 0 if started is None else round(time.monotonic() - started, 3),
            **facts.members,
            **({"warnings": [request.redact(each) for each in facts.warnings]} if facts.warnings else {}),
            **({"failure": failure.mapped(request.redact).as_json()} if failure is not None else {}),
        }

    deadline = request.limits.deadline_seconds
    overdue = None if deadline is None else deadline + OVERDUE_SECONDS
    is_reported = False
    try:
        with run.lease(None):
            run.report_interrupted()
            try:
                with run.turn():
                    started = time.monotonic()
                    interruption.start_deadline(deadline)
                    run.begin()
                    with overtime(overdue, lambda: run.tell_overdue(attempt(interruption.deadline_failure(describe_wait()))), interruption.clock):
                        outcome = act(facts)
                    interruption.ignore()
            except BaseException as error:
                interruption.ignore()
                failure = failure_of(error)
                if failure.code == "stopped" and kind == "backup" and run_mark.is_host_stopping():
                    run.note_stop()
                is_reported = True
                run.conclude(attempt(failure), run.mark())
                if isinstance(error, Failure):
                    error.is_reported = True
                raise
            is_reported = True
            run.conclude(attempt(None), run.mark())
            return outcome
    except BaseException as error:
        # Not even begun: another run has the lease, this was stopped while it waited, or the disk is not there.
        if not is_reported:
            interruption.ignore()
            run.conclude(attempt(failure_of(error)), None)
            if isinstance(error, Failure):
                error.is_reported = True
        raise
