import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from runtime.failure import Failure
from scheduling.hook import Hook
from scheduling.quiescence import Quiescence, quiescence
from tests.samples import request_of

HOOKS: dict[str, Any] = {"before": {"command": "freeze"}, "after": {"command": "thaw"}}


class MaxFreeze(unittest.TestCase):
    """A hook is called by noting its name; of a real one every process is killed, which the hosts' tests look at."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for patch in (
            mock.patch("scheduling.quiescence.RUN", Path(folder.name)),
            mock.patch("scheduling.hook.call_hook", self.call_hook),
            mock.patch("scheduling.hook.end_hook"),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        self.calls: list[str] = []
        self.thawed = threading.Event()
        self.after_fails = False

    def call_hook(self, hook: Hook, _environment: dict[str, str]) -> None:
        self.calls.append(hook.name)
        if hook.name == "after":
            self.thawed.set()
            if self.after_fails:
                raise Failure("hook", 'Cannot run the "after" hook', "it ended with exit code 1", "Repair it")

    def freeze(self, seconds: int, waits: bool = True) -> Quiescence:
        found = Quiescence()
        with quiescence(request_of(hooks={**HOOKS, "maxFreezeSeconds": seconds}), found):
            if waits:
                self.assertTrue(self.thawed.wait(60))
            self.calls.append("snapshot")
        return found

    def test_a_snapshot_in_time_is_between_the_hooks(self) -> None:
        found = self.freeze(3600, waits=False)
        self.assertEqual((self.calls, found.is_quiesced, found.after_failure), (["before", "snapshot", "after"], True, None))

    def test_a_snapshot_that_hangs_does_not_keep_the_guest_frozen(self) -> None:
        found = self.freeze(0)
        self.assertEqual((self.calls, found.is_quiesced), (["before", "after", "snapshot"], False))
        assert found.after_failure is not None
        self.assertEqual(found.after_failure.code, "frozen")
        self.assertIn("maxFreeze, which is 0 s", found.after_failure.detail)

    def test_an_after_hook_that_fails_then_is_told_with_it(self) -> None:
        self.after_fails = True
        found = self.freeze(0)
        assert found.after_failure is not None
        self.assertEqual(found.after_failure.code, "frozen")
        self.assertIn('Cannot run the "after" hook: it ended with exit code 1', found.after_failure.detail)
