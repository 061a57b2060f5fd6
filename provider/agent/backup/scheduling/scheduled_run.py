"""A run of a schedule as its host notes it: under way, ended, or dead; and how each end is told."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime import status
from runtime import utc
from runtime.failure import Failure, failure_of
from runtime.lease import ALONE, lease
from runtime.request import UUID, Request, invalid, object_of, text_of, volume_id_of, whole_of
from runtime.state_files import state_folder
from scheduling import hook
from scheduling import journal
from scheduling import run_mark
from scheduling.quiescence import call_pending_after
from scheduling.run_mark import Kind
from scheduling.schedules import is_declared
from scheduling.turn import turn

DEAD_SECONDS = 30

_SECTIONS: dict[Kind, str] = {"backup": "lastAttempt", "prune": "lastPrune", "drill": "lastDrill"}
# The leases of the volume that a run of each kind begins with.
_LEASES: dict[Kind, tuple[str, ...]] = {"backup": ("backup",), "prune": ALONE, "drill": ("drill",)}


class ScheduledRun:
    """A run of one kind, of one schedule document."""

    def __init__(self, request: Request, kind: Kind) -> None:
        self.request = request
        self.kind: Kind = kind
        self.volume_id = volume_id_of(request.fields)
        self.target = request.target
        self.schedule = schedule_of(request)
        self.identity = identity_of(request)
        self.policy = text_of(object_of(request.fields, "policy"), "name")
        self.folder: Path = state_folder(self.volume_id, self.target)
        self._since = utc.now()
        self._is_waiting = False
        self._is_told = False

    def lease(self, wait_seconds: float | None):
        return lease(f"run-{self.kind}-{self.volume_id}-{self.target}", f"a scheduled {self.kind} of volume {self.volume_id}", wait_seconds)

    def patience_seconds(self) -> float:
        """How long the lease is worth a wait: a child that a dead run leaves may hold it until the kernel has ended that too."""
        mark = run_mark.read_mark(self.folder, self.kind)
        return DEAD_SECONDS if mark is not None and not run_mark.is_alive(mark) else 0

    def turn(self):
        """Its turn among the scheduled runs of the host."""
        return turn([f"{each}-{self.volume_id}" for each in _LEASES[self.kind]], self.wait)

    def mark(self) -> dict[str, Any]:
        waiting = {"isWaiting": True} if self._is_waiting else {}
        mark = {"kind": self.kind, "since": self._since, "bootId": run_mark.boot_id(), "pid": os.getpid(), "schedule": self.schedule}
        return {**mark, **waiting}

    def wait(self) -> None:
        """Notes that it waits for its turn. On disk: the timer counts it as started, and nothing else would make up for it after a power cut."""
        self._is_waiting = True
        run_mark.write_mark(self.folder, self.mark())
        status.record(self.volume_id, self.target, {**self.identity, "waiting": self.mark()})

    def begin(self) -> None:
        self._since = utc.now()
        self._is_waiting = False
        run_mark.write_mark(self.folder, self.mark())
        if self.kind == "backup":
            run_mark.drop_stop(self.folder)
        note_policy(self.request)
        waiting = run_mark.other_waiting(self.folder, self.kind)
        status.record(self.volume_id, self.target, {**self.identity, "running": self.mark(), "waiting": waiting})

    def conclude(self, attempt: dict[str, Any], mark: dict[str, Any] | None) -> None:
        """Reports an end. Cut at any point, the next run or "settle" does it again: the hook may so be called twice, and is never forgotten.

        What needs no disk comes first, and nothing that fails keeps the rest from being told. mark: None for a run that never began, whose
        kind another one may be carrying out. Raises Failure "system", told already, when the end of a run that succeeded could not be noted.
        """
        is_success: bool = attempt["isSuccess"]
        self._write_entries(attempt)
        problems = [self._note(lambda: run_mark.write_mark(self.folder, {**mark, "attempt": attempt}))] if mark is not None else []
        if not is_success and not self._is_told:
            self._call_on_failure(Failure.from_json(attempt["failure"]))
        problems.append(self._note(lambda: self._record(attempt, mark is not None)))
        if not is_declared(self.schedule):
            # Deleted meanwhile: nobody makes these backups any more, and nothing may go on saying that they are late.
            problems.append(self._note(lambda: status.remove_metrics(self.volume_id, self.target)))
        problems.append(self._note(lambda: run_mark.note_end(self.folder, self.kind)))
        if mark is not None:
            problems.append(self._note(lambda: run_mark.remove_mark(self.folder, self.kind)))
        unnoted = next((each for each in problems if each is not None), None)
        if unnoted is not None and is_success:
            # Its status goes on saying what was before: whoever looks there would take it for late, or dead.
            self._call_on_failure(unnoted)
            unnoted.is_reported = True
            raise unnoted

    def tell_overdue(self, attempt: dict[str, Any]) -> None:
        """Reports a failure of this run, which goes on: it waits for what cannot be ended. The failure that it ends with is the same one."""
        self._write_entries(attempt)
        self._call_on_failure(Failure.from_json(attempt["failure"]))
        self._note(lambda: status.record(self.volume_id, self.target, {**self.identity, _SECTIONS[self.kind]: attempt, "running": self.mark()}))
        self._is_told = True

    def note_stop(self) -> None:
        self._note(lambda: run_mark.note_stop(self.folder))

    def _record(self, attempt: dict[str, Any], was_begun: bool) -> None:
        changes: dict[str, Any] = {**self.identity, _SECTIONS[self.kind]: attempt}
        if self.kind == "drill" and attempt["isSuccess"]:
            changes["lastDrillSuccess"] = attempt
        if was_begun:
            changes["running"] = run_mark.other_under_way(self.folder, self.kind)
            changes["waiting"] = run_mark.other_waiting(self.folder, self.kind)
        status.record(self.volume_id, self.target, changes)

    def _note(self, write: Callable[[], None]) -> Failure | None:
        """Writes something to disk. Returns why that failed, which the journal then has."""
        try:
            write()
            return None
        except (Failure, OSError) as error:
            found = failure_of(error)
            problem = Failure(found.code, f'Cannot note the end of the {self.kind} of "{self.identity["name"]}"', found.detail, found.next)
            fields = {"PULUMI_LVM_VOLUME": self.volume_id, "PULUMI_LVM_TARGET": self.target}
            journal.write_entry(self.request.redact(str(problem)), journal.ERROR, fields)
            return problem

    def report_interrupted(self) -> bool:
        """Reports a run that died, if there is one, after what it must not leave behind: a frozen guest. The lease must be held."""
        mark = run_mark.read_mark(self.folder, self.kind)
        problem = self._thaw()
        if mark is None:
            return False
        attempt: dict[str, Any] | None = mark.get("attempt")
        if attempt is None:
            attempt = self._cut(mark, problem)
        self.conclude(attempt, mark)
        return True

    def _thaw(self) -> Failure | None:
        return call_pending_after(self.request) if self.kind == "backup" else None

    def _cut(self, mark: dict[str, Any], problem: Failure | None) -> dict[str, Any]:
        since = str(mark.get("since"))
        cause = "its process was killed" if mark.get("bootId") == run_mark.boot_id() else "the host went down meanwhile"
        how = "waited for its turn from" if "isWaiting" in mark else "began at"
        more = f"; and then: {problem.summary}: {problem.detail}" if problem is not None else ""
        failure = Failure(
            "cut",
            f'Cannot tell how the {self.kind} of "{self.identity["name"]}" would have ended',
            f"it {how} {since} and did not come to its end: {cause}{more}",
            f"The next run tidies up by itself; 'journalctl -u pulumi-lvm-{self.kind}@{self.schedule}' and 'journalctl -k -b -1' may say what ended it",
        )
        return {
            "time": utc.now(),
            "isSuccess": False,
            "durationSeconds": 0 if "isWaiting" in mark else _age_seconds(since),
            "failure": failure.mapped(self.request.redact).as_json(),
        }

    def _write_entries(self, attempt: dict[str, Any]) -> None:
        title = f'{self.kind} of volume "{self.identity["name"]}" ({self.volume_id}) to "{self.target}"'
        failure = Failure.from_json(attempt["failure"]) if not attempt["isSuccess"] else None
        fields = {
            "PULUMI_LVM_KIND": self.kind,
            "PULUMI_LVM_VOLUME": self.volume_id,
            "PULUMI_LVM_TARGET": self.target,
            "PULUMI_LVM_POLICY": self.policy,
            "PULUMI_LVM_OUTCOME": "success" if failure is None else "failure",
            "PULUMI_LVM_FAILURE_CODE": failure.code if failure is not None else "",
            "PULUMI_LVM_RECOVERY_POINT": str(attempt.get("recoveryPoint") or ""),
        }
        warnings: list[str] = attempt.get("warnings") or []
        for each in warnings:
            journal.write_entry(f"{title}: {each}", journal.WARNING, fields)
        if failure is None:
            journal.write_entry(f"{title} succeeded in {attempt['durationSeconds']} s", journal.INFO, fields)
        else:
            journal.write_entry(f"{title} failed: {failure}", journal.ERROR, fields)

    def _call_on_failure(self, failure: Failure) -> None:
        called = hook.hook_of(self.request, "onFailure")
        if called is None:
            return
        more = {"PULUMI_LVM_FAILURE_CODE": failure.code, "PULUMI_LVM_FAILURE": str(failure)}
        try:
            hook.call_hook(called, {**hook.environment_of(self.request), **more})
        except (Failure, OSError) as error:
            problem = self.request.redact(str(failure_of(error)))
            journal.write_entry(problem, journal.ERROR, {"PULUMI_LVM_VOLUME": self.volume_id, "PULUMI_LVM_TARGET": self.target})


def _age_seconds(since: str) -> int:
    """0 for a time that cannot be read."""
    try:
        return max(0, int(time.time()) - utc.unix(since))
    except ValueError:
        return 0


def note_policy(request: Request) -> None:
    """Notes in the status which schedule looks after it, from when on, and how old its newest recovery point may be."""
    policy = object_of(request.fields, "policy")
    schedule = schedule_of(request)
    volume_id = volume_id_of(request.fields)
    former: dict[str, Any] = (status.read(volume_id, request.target) or {}).get("policy") or {}
    since = former["since"] if former.get("schedule") == schedule else utc.now()
    noted = {"name": text_of(policy, "name"), "maxAgeSeconds": whole_of(policy, "maxAgeSeconds", 0, 2**53), "schedule": schedule, "since": since}
    if noted != former:
        status.record(volume_id, request.target, {**identity_of(request), "policy": noted})


def schedule_of(request: Request) -> str:
    """The id of the schedule, which becomes part of file names."""
    found = text_of(request.fields, "schedule")
    if not UUID.fullmatch(found):
        raise invalid("schedule", "is not a UUID")
    return found


def identity_of(request: Request) -> dict[str, str]:
    given = object_of(request.fields, "identity")
    return {key: text_of(given, key) for key in ("name", "stack", "host")}
