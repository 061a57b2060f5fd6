import tempfile
import time
import unittest
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from runtime import status
from runtime.command import run
from runtime.failure import Failure
from runtime.interruption import deadline_failure
from runtime.lease import lease
from runtime.request import Limits, Request
from runtime.state_files import state_folder
from scheduling import run_mark
from scheduling.execute_run import Facts, execute_scheduled_run
from scheduling.hook import Hook
from scheduling.scheduled_run import ScheduledRun
from tests.samples import VOLUME_ID, request_of

HOOKED = {"hooks": {"onFailure": {"command": "true", "timeoutSeconds": 5}}}


class DiskThatTakesNothing(unittest.TestCase):
    """The folders of state and metrics lie below a file, so that every write there is refused. /run is there."""

    def setUp(self) -> None:
        folder = Path(self.enter(tempfile.TemporaryDirectory()))
        self.disk = folder / "disk"
        self.disk.touch()
        for place, path in (
            ("runtime.state_files.STATE", self.disk / "backups"),
            ("runtime.status.METRICS", self.disk / "metrics"),
            ("runtime.lease.RUN", folder / "run"),
            ("scheduling.turn.RUN", folder / "run"),
            ("scheduling.turn.LIMITS", folder / "limits"),
            ("scheduling.run_mark.RUN", folder / "run"),
        ):
            self.enter(mock.patch(place, path))
        self.entries: list[str] = []
        self.hooks: list[str] = []
        self.enter(mock.patch("scheduling.journal.write_entry", self.write_entry))
        self.enter(mock.patch("scheduling.hook.call_hook", self.call_hook))
        # The process of the tests goes on.
        self.enter(mock.patch("runtime.interruption.ignore"))
        self.deadline = self.enter(mock.patch("runtime.interruption.start_deadline"))

    def write_entry(self, message: str, _priority: int, _fields: dict[str, str]) -> None:
        self.entries.append(message)

    def call_hook(self, _hook: Hook, environment: dict[str, str]) -> None:
        self.hooks.append(environment["PULUMI_LVM_FAILURE_CODE"])

    def enter(self, context: Any) -> Any:
        stack = ExitStack()
        self.addCleanup(stack.close)
        return stack.enter_context(context)

    def run_failing(self, act: Callable[[Facts], dict[str, Any]]) -> BaseException:
        request: Request = request_of(**HOOKED)
        with self.assertRaises((Failure, OSError)) as caught:
            execute_scheduled_run(request, "backup", act)
        return caught.exception

    def mend(self) -> None:
        self.disk.unlink()
        self.disk.mkdir()

    def test_a_run_that_cannot_even_begin_is_told_by_journal_and_hook(self) -> None:
        error = self.run_failing(lambda _: {})
        self.assertIsInstance(error, OSError)
        self.assertEqual(self.hooks, ["system"])
        self.assertIn("failed: Cannot go on", self.entries[0])

    def test_a_disk_that_is_gone_midway_hides_no_failure(self) -> None:
        self.mend()

        def act(_: Facts) -> dict[str, Any]:
            self.break_disk()
            raise Failure("unreachable", "Cannot reach the store", "it is away", "Wait")

        error = self.run_failing(act)
        assert isinstance(error, Failure)
        self.assertEqual((error.code, error.is_reported, self.hooks), ("unreachable", True, ["unreachable"]))
        self.assertIn("failed: Cannot reach the store", self.entries[0])
        self.assertIn("Cannot note the end of the backup", self.entries[1])

    def test_a_run_that_succeeded_and_cannot_say_so_in_its_status_is_a_failure(self) -> None:
        self.mend()

        def act(_: Facts) -> dict[str, Any]:
            self.break_disk()
            return {}

        error = self.run_failing(act)
        assert isinstance(error, Failure)
        self.assertEqual((error.code, error.is_reported, self.hooks), ("system", True, ["system"]))

    def test_a_run_that_hangs_past_its_deadline_is_told_once_to_the_hook_while_it_goes_on(self) -> None:
        self.mend()
        self.enter(mock.patch("scheduling.execute_run.OVERDUE_SECONDS", 0))
        seen: list[Any] = []

        def act(_: Facts) -> dict[str, Any]:
            run("true")
            # As long as the report takes.
            while len(seen) == 0:
                found: dict[str, Any] = status.read(VOLUME_ID, "offsite") or {}
                if "lastAttempt" in found:
                    seen.append((found["lastAttempt"]["failure"]["code"], found["running"]["kind"], list(self.hooks)))
                time.sleep(0.01)
            raise deadline_failure()

        request = replace(request_of(**HOOKED), limits=Limits(deadline_seconds=0.05))
        with self.assertRaises(Failure):
            execute_scheduled_run(request, "backup", act)
        self.assertEqual((seen, self.hooks), ([("deadline", "backup", ["deadline"])], ["deadline"]))
        self.assertIn("it still waits for", self.entries[0])
        ended: dict[str, Any] = status.read(VOLUME_ID, "offsite") or {}
        self.assertEqual((ended["lastAttempt"]["failure"]["code"], ended["running"]), ("deadline", None))

    def test_a_run_that_waits_for_its_turn_says_so_and_its_deadline_begins_with_it(self) -> None:
        self.mend()
        with ExitStack() as others, ThreadPoolExecutor() as threads:
            # By hand, so that it need not have a turn itself.
            others.enter_context(lease(f"backup-{VOLUME_ID}", "a backup by hand"))
            request = replace(request_of(**HOOKED), limits=Limits(deadline_seconds=60))
            ended = threads.submit(execute_scheduled_run, request, "backup", self.note_status)
            found: dict[str, Any] = {}
            while "waiting" not in found:
                time.sleep(0.01)
                found = status.read(VOLUME_ID, "offsite") or {}
            self.assertEqual((found["waiting"]["kind"], found.get("running"), "lastAttempt" in found), ("backup", None, False))
            self.deadline.assert_not_called()
            others.close()
            during = ended.result(60)
        self.assertEqual((during["waiting"], during["running"]["kind"]), (None, "backup"))
        last: dict[str, Any] = status.read(VOLUME_ID, "offsite") or {}
        self.assertEqual((last["lastAttempt"]["isSuccess"], last["running"], last["waiting"], self.hooks), (True, None, None, []))
        self.deadline.assert_called_once_with(60)

    def test_what_the_power_cut_ended_while_it_waited_is_told_as_that_and_made_up_for(self) -> None:
        self.mend()
        waiting = ScheduledRun(request_of(**HOOKED), "backup")
        waiting.wait()
        mark = run_mark.read_mark(waiting.folder, "backup")
        assert mark is not None
        run_mark.write_mark(waiting.folder, {**mark, "bootId": "the one before"})
        settled = ScheduledRun(request_of(**HOOKED), "backup")
        self.assertTrue(settled.report_interrupted())
        last: dict[str, Any] = status.read(VOLUME_ID, "offsite") or {}
        self.assertIn("it waited for its turn from", last["lastAttempt"]["failure"]["detail"])
        self.assertEqual((last["waiting"], self.hooks), (None, ["cut"]))

    def note_status(self, _: Facts) -> dict[str, Any]:
        return status.read(VOLUME_ID, "offsite") or {}

    def test_metrics_are_written_where_the_status_cannot_be(self) -> None:
        self.mend()
        state_folder(VOLUME_ID, "offsite").parent.mkdir(parents=True)
        state_folder(VOLUME_ID, "offsite").touch()
        with self.assertRaises(OSError):
            status.record(VOLUME_ID, "offsite", {"lastAttempt": {"isSuccess": False}})
        self.assertIn("last_attempt_success", status.metrics_file(VOLUME_ID, "offsite").read_text())

    def break_disk(self) -> None:
        self.disk.rename(self.disk.with_name("former"))
        self.disk.touch()
