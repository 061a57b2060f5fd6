"""The command "settle": what became of the runs of a schedule that did not come to an end of their own."""

import os
from typing import Any

from runtime import interruption
from scheduling import run_mark
from runtime import utc
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from scheduling.run_mark import Kind
from scheduling.scheduled_run import ScheduledRun, note_policy
from runtime.state_files import state_folder


def report_interrupted_runs(request: Request, progress: Progress) -> dict[str, Any]:
    """Reports runs that died, and thaws a guest that they left frozen. again: a backup was ended by the host's going down."""
    interruption.ignore()
    progress.report("settle")
    note_policy(request)
    cut = _report_dead_runs(request)
    if "drill" in cut:
        # Not at the top: what a report needs must be enough for the rest.
        from commands.drill import clean_up_drill

        clean_up_drill(request)
    for kind in run_mark.KINDS:
        # Only after the end of a unit that says which kind it runs.
        is_its_end = os.environ.get("PULUMI_LVM_KIND") == kind
        invocation, result = os.environ.get("INVOCATION_ID", ""), os.environ.get("SERVICE_RESULT", "success")
        if is_its_end and _report_unstarted_run(request, kind, invocation, result):
            cut.append(kind)
    folder = state_folder(volume_id_of(request.fields), request.target)
    was_stopped = run_mark.was_stopped_by_shutdown(folder)
    if was_stopped:
        run_mark.drop_stop(folder)
    return {"cut": cut, "again": was_stopped or "backup" in cut}


def _report_dead_runs(request: Request) -> list[str]:
    """Reports the runs of a schedule document that died, each once. Returns their kinds; a run that goes on is left alone."""
    found: list[str] = []
    for kind in run_mark.KINDS:
        run = ScheduledRun(request, kind)
        try:
            with run.lease(run.patience_seconds()):
                if run.report_interrupted():
                    found.append(kind)
        except Failure as failure:
            if failure.code != "busy":
                raise
    return found


def _report_unstarted_run(request: Request, kind: Kind, invocation: str, result: str) -> bool:
    """Reports a run of a unit that ended before it began, such as for want of a Python module. True if there was one.

    invocation, result: INVOCATION_ID and SERVICE_RESULT, as systemd tells them after a service's end (systemd.exec(5)).
    """
    run = ScheduledRun(request, kind)
    if result == "success" or run_mark.has_ended(run.folder, kind, invocation):
        return False
    failure = Failure(
        "cut",
        f'Cannot start the {kind} of "{run.identity["name"]}"',
        f"its program ended before it began: {result}",
        f"Look at 'journalctl -u pulumi-lvm-{kind}@{run.schedule}' on the host",
    )
    run.conclude({"time": utc.now(), "isSuccess": False, "durationSeconds": 0, "failure": failure.as_json()}, None)
    return True
