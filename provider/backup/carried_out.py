"""Carrying out a scheduled run so that its end is seen whatever it is: in status, metrics, journal and the onFailure hook."""

import calendar
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hook
import interruption
import journal
import run_mark
import status
from failure import Failure, failure_of
from lease import lease
from request import UUID, Request, invalid, object_of, text_of, volume_id, whole_of
from run_mark import Kind
from state_files import state_folder

_SECTIONS: dict[Kind, str] = {"backup": "lastAttempt", "prune": "lastPrune", "drill": "lastDrill"}


def _no_members() -> dict[str, Any]:
    return {}


def _no_warnings() -> list[str]:
    return []


@dataclass
class Facts:
    """What a run learns on its way, kept in its status also when it fails.

    members: more members of the status' section, such as recoveryPoint; a durationSeconds there stands in place of the whole run's.
    """

    members: dict[str, Any] = field(default_factory=_no_members)
    warnings: list[str] = field(default_factory=_no_warnings)


def carried_out(request: Request, kind: Kind, act: Callable[[Facts], dict[str, Any]]) -> dict[str, Any]:
    """Runs act while the status says that a run of this kind is under way, and reports its end. Returns what act returned.

    request: the schedule document. One run of a kind, volume and target goes at a time; `limits.waitSeconds` for the one before.
    On success: status section (lastAttempt, lastPrune or lastDrill), metrics, journal. On any exception: these, then the onFailure hook;
    the exception goes on to the caller. act raises Failure, and takes what other leases it needs.
    """
    run = _Scheduled(request, kind)
    facts = Facts()
    started = time.monotonic()

    def attempt(failure: Failure | None) -> dict[str, Any]:
        return {
            "time": status.now(),
            "isSuccess": failure is None,
            "durationSeconds": round(time.monotonic() - started, 3),
            **facts.members,
            **({"warnings": [request.redact(each) for each in facts.warnings]} if facts.warnings else {}),
            **({"failure": failure.mapped(request.redact).as_json()} if failure is not None else {}),
        }

    try:
        with run.lease(request.limits.wait_seconds):
            run.settle()
            run.begin()
            try:
                outcome = act(facts)
                interruption.ignore()
            except BaseException as error:
                interruption.ignore()
                failure = failure_of(error)
                if failure.code == "stopped" and kind == "backup":
                    run_mark.note_stop(run.folder)
                run.conclude(attempt(failure), run.mark())
                if isinstance(error, Failure):
                    error.is_reported = True
                raise
            run.conclude(attempt(None), run.mark())
            return outcome
    except Failure as failure:
        # Not even begun: another run has the lease, or this was stopped while it waited.
        if not failure.is_reported:
            interruption.ignore()
            run.conclude(attempt(failure), None)
            failure.is_reported = True
        raise


def settle_runs(request: Request) -> list[Kind]:
    """Reports the runs of a schedule document that died, each once. Returns their kinds; a run that goes on is left alone."""
    found: list[Kind] = []
    for kind in run_mark.KINDS:
        run = _Scheduled(request, kind)
        try:
            with run.lease(0):
                if run.settle():
                    found.append(kind)
        except Failure as failure:
            if failure.code != "busy":
                raise
    return found


def note_policy(request: Request) -> None:
    """Notes in the status which schedule looks after it, from when on, and how old its newest recovery point may be."""
    policy = object_of(request.fields, "policy")
    schedule = schedule_of(request)
    volume = volume_id(request.fields)
    former: dict[str, Any] = (status.read(volume, request.target) or {}).get("policy") or {}
    since = former["since"] if former.get("schedule") == schedule else status.now()
    noted = {"name": text_of(policy, "name"), "maxAgeSeconds": whole_of(policy, "maxAgeSeconds", 0, 2**53), "schedule": schedule, "since": since}
    if noted != former:
        status.record(volume, request.target, {**identity_of(request), "policy": noted})


def schedule_of(request: Request) -> str:
    """The id of the schedule, which becomes part of file names."""
    found = text_of(request.fields, "schedule")
    if not UUID.fullmatch(found):
        raise invalid("schedule", "is not a UUID")
    return found


def identity_of(request: Request) -> dict[str, str]:
    given = object_of(request.fields, "identity")
    return {key: text_of(given, key) for key in ("name", "stack", "host")}


class _Scheduled:
    """A run of one kind, of one schedule document."""

    def __init__(self, request: Request, kind: Kind) -> None:
        self.request = request
        self.kind: Kind = kind
        self.volume = volume_id(request.fields)
        self.target = request.target
        self.schedule = schedule_of(request)
        self.identity = identity_of(request)
        self.policy = text_of(object_of(request.fields, "policy"), "name")
        self.folder: Path = state_folder(self.volume, self.target)
        self._since = status.now()

    def lease(self, wait_seconds: float):
        return lease(f"run-{self.kind}-{self.volume}-{self.target}", f"a scheduled {self.kind} of volume {self.volume}", wait_seconds)

    def mark(self) -> dict[str, Any]:
        return {"kind": self.kind, "since": self._since, "bootId": run_mark.boot_id(), "schedule": self.schedule}

    def begin(self) -> None:
        self._since = status.now()
        run_mark.write_mark(self.folder, self.mark())
        if self.kind == "backup":
            run_mark.drop_stop(self.folder)
        note_policy(self.request)
        status.record(self.volume, self.target, {**self.identity, "running": self.mark()})

    def conclude(self, attempt: dict[str, Any], mark: dict[str, Any] | None) -> None:
        """Reports an end. Cut at any point, settle does it again: the hook may so be called twice, and is never forgotten.

        mark: None for a run that never began, whose kind another one may be carrying out.
        """
        changes: dict[str, Any] = {**self.identity, _SECTIONS[self.kind]: attempt}
        if self.kind == "drill" and attempt["isSuccess"]:
            changes["lastDrillSuccess"] = attempt
        if mark is not None:
            run_mark.write_mark(self.folder, {**mark, "attempt": attempt})
            changes["running"] = run_mark.other_under_way(self.folder, self.kind)
        status.record(self.volume, self.target, changes)
        self._write_entries(attempt)
        if not attempt["isSuccess"]:
            self._call_on_failure(attempt["failure"])
        if mark is not None:
            run_mark.remove_mark(self.folder, self.kind)

    def settle(self) -> bool:
        """Reports a run that died, if there is one, after what it must not leave behind: a frozen guest. The lease must be held."""
        mark = run_mark.read_mark(self.folder, self.kind)
        problem = self._thaw()
        if mark is None:
            return False
        attempt: dict[str, Any] | None = mark.get("attempt")
        if attempt is None:
            attempt = self._cut(str(mark.get("since")), mark.get("bootId") == run_mark.boot_id(), problem)
        self.conclude(attempt, mark)
        return True

    def _thaw(self) -> Failure | None:
        from quiescence import call_pending_after

        return call_pending_after(self.request) if self.kind == "backup" else None

    def _cut(self, since: str, is_same_boot: bool, problem: Failure | None) -> dict[str, Any]:
        cause = "its process was killed" if is_same_boot else "the host went down meanwhile"
        more = f"; and then: {problem.summary}: {problem.detail}" if problem is not None else ""
        failure = Failure(
            "cut",
            f'Cannot tell how the {self.kind} of "{self.identity["name"]}" would have ended',
            f"it began at {since} and did not come to its end: {cause}{more}",
            f"The next run tidies up by itself; 'journalctl -u pulumi-lvm-{self.kind}@{self.schedule}' and 'journalctl -k -b -1' may say what ended it",
        )
        return {
            "time": status.now(),
            "isSuccess": False,
            "durationSeconds": max(0, int(time.time()) - _unix(since)),
            "failure": failure.mapped(self.request.redact).as_json(),
        }

    def _write_entries(self, attempt: dict[str, Any]) -> None:
        what = f'{self.kind} of volume "{self.identity["name"]}" ({self.volume}) to "{self.target}"'
        failure: dict[str, str] = attempt.get("failure") or {}
        fields = {
            "PULUMI_LVM_KIND": self.kind,
            "PULUMI_LVM_VOLUME": self.volume,
            "PULUMI_LVM_TARGET": self.target,
            "PULUMI_LVM_POLICY": self.policy,
            "PULUMI_LVM_OUTCOME": "success" if attempt["isSuccess"] else "failure",
            "PULUMI_LVM_FAILURE_CODE": failure.get("code", ""),
            "PULUMI_LVM_RECOVERY_POINT": str(attempt.get("recoveryPoint") or ""),
        }
        warnings: list[str] = attempt.get("warnings") or []
        for each in warnings:
            journal.write_entry(f"{what}: {each}", journal.WARNING, fields)
        if attempt["isSuccess"]:
            journal.write_entry(f"{what} succeeded in {attempt['durationSeconds']} s", journal.INFO, fields)
        else:
            journal.write_entry(f"{what} failed: {_text_of(failure)}", journal.ERROR, fields)

    def _call_on_failure(self, failure: dict[str, str]) -> None:
        called = hook.hook_of(self.request, "onFailure")
        if called is None:
            return
        told = {"PULUMI_LVM_FAILURE_CODE": failure["code"], "PULUMI_LVM_FAILURE": _text_of(failure)}
        try:
            hook.call_hook(called, {**hook.environment_of(self.request), **told})
        except (Failure, OSError) as error:
            problem = self.request.redact(str(failure_of(error)))
            journal.write_entry(problem, journal.ERROR, {"PULUMI_LVM_VOLUME": self.volume, "PULUMI_LVM_TARGET": self.target})


def _text_of(failure: dict[str, str]) -> str:
    return f"{failure['summary']}: {failure['detail']}\n{failure['next']}"


def _unix(text: str) -> int:
    try:
        return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return int(time.time())
