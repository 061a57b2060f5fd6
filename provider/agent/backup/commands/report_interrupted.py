"""The command "settle": what became of the runs of a schedule that did not come to an end of their own."""

import os
from typing import Any

from runtime import interruption
from runtime import utc
from runtime.command import run
from runtime.failure import Failure
from runtime.progress import Progress
from runtime.request import Request, volume_id_of
from runtime.state_files import state_folder
from scheduling import run_mark
from scheduling.run_mark import Kind
from scheduling.scheduled_run import ScheduledRun, note_policy, schedule_of


def report_interrupted_runs(request: Request, progress: Progress) -> dict[str, Any]:
    """Reports runs that died, and thaws a guest that they left frozen. again: a backup was ended by the host's going down.

    With PULUMI_LVM_AT_BOOT=yes in the environment (settle.sh) such a backup is started again.
    """
    interruption.ignore()
    progress.report("settle")
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
    # Behind the reports: where nothing can be written this fails.
    note_policy(request)
    folder = state_folder(volume_id_of(request.fields), request.target)
    was_stopped = run_mark.was_stopped_by_shutdown(folder)
    if was_stopped:
        run_mark.drop_stop(folder)
    is_due_again = was_stopped or "backup" in cut
    if is_due_again and os.environ.get("PULUMI_LVM_AT_BOOT") == "yes":
        run("systemctl", "start", "--no-block", f"pulumi-lvm-backup@{schedule_of(request)}.service")
    return {"cut": cut, "again": is_due_again}


def _report_dead_runs(request: Request) -> list[str]:
    """Reports the runs of a schedule document that died, each once. Returns their kinds; a run that goes on is left alone."""
    found: list[str] = []
    for kind in run_mark.KINDS:
        scheduled = ScheduledRun(request, kind)
        try:
            with scheduled.lease(scheduled.patience_seconds()):
                if scheduled.report_interrupted():
                    found.append(kind)
        except Failure as failure:
            if failure.code != "busy":
                raise
    return found


def _report_unstarted_run(request: Request, kind: Kind, invocation: str, result: str) -> bool:
    """Reports a run of a unit that ended before it began, such as for want of a Python module. True if there was one.

    invocation, result: INVOCATION_ID and SERVICE_RESULT, as systemd tells them after a service's end (systemd.exec(5)).
    """
    scheduled = ScheduledRun(request, kind)
    if result == "success" or run_mark.has_ended(scheduled.folder, kind, invocation):
        return False
    failure = Failure(
        "cut",
        f'Cannot start the {kind} of "{scheduled.identity["name"]}"',
        f"its program ended before it began: {result}",
        f"Look at 'journalctl -u pulumi-lvm-{kind}@{scheduled.schedule}' on the host",
    )
    scheduled.conclude({"time": utc.now(), "isSuccess": False, "durationSeconds": 0, "failure": failure.as_json()}, None)
    return True
