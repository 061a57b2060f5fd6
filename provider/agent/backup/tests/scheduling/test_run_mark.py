import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from scheduling import run_mark
from scheduling.run_mark import Kind


class Marks(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "volume" / "target"
        self.folder.mkdir(parents=True)
        run = mock.patch.object(run_mark, "RUN", Path(folder.name))
        run.start()
        self.addCleanup(run.stop)

    def write(self, kind: Kind, **more: object) -> None:
        run_mark.write_mark(self.folder, {"kind": kind, "bootId": run_mark.boot_id(), "pid": os.getpid(), **more})

    def test_each_kind_has_its_own_mark(self) -> None:
        self.write("backup")
        self.assertIsNone(run_mark.read_mark(self.folder, "prune"))
        mark = run_mark.read_mark(self.folder, "backup")
        assert mark is not None
        self.assertTrue(run_mark.is_alive(mark))
        run_mark.remove_mark(self.folder, "backup")
        self.assertIsNone(run_mark.read_mark(self.folder, "backup"))

    def test_a_run_of_another_boot_is_dead_whoever_has_its_number_now(self) -> None:
        self.assertFalse(run_mark.is_alive({"bootId": "another", "pid": os.getpid()}))
        self.assertFalse(run_mark.is_alive({"bootId": run_mark.boot_id(), "pid": 2**22 + 1}))

    def test_a_run_whose_end_is_known_is_not_under_way(self) -> None:
        self.write("drill", attempt={"isSuccess": False})
        self.assertIsNone(run_mark.other_under_way(self.folder, "backup"))
        self.write("prune")
        found = run_mark.other_under_way(self.folder, "backup")
        self.assertEqual(found and found["kind"], "prune")
        self.assertIsNone(run_mark.other_under_way(self.folder, "prune"))

    def test_a_run_that_waits_for_its_turn_is_not_under_way(self) -> None:
        self.write("prune", isWaiting=True)
        self.write("drill", isWaiting=True, attempt={"isSuccess": False})
        self.assertIsNone(run_mark.other_under_way(self.folder, "backup"))
        found = run_mark.other_waiting(self.folder, "backup")
        self.assertEqual(found and found["kind"], "prune")
        self.assertIsNone(run_mark.other_waiting(self.folder, "prune"))

    def test_an_end_is_that_of_one_invocation(self) -> None:
        os.environ["INVOCATION_ID"] = "first"
        self.addCleanup(os.environ.pop, "INVOCATION_ID")
        run_mark.note_end(self.folder, "backup")
        self.assertTrue(run_mark.has_ended(self.folder, "backup", "first"))
        self.assertFalse(run_mark.has_ended(self.folder, "backup", "second"))
        self.assertFalse(run_mark.has_ended(self.folder, "prune", "first"))

    def test_a_stop_by_the_host_is_made_up_for_after_a_boot_and_not_before(self) -> None:
        self.assertFalse(run_mark.was_stopped_by_shutdown(self.folder))
        run_mark.note_stop(self.folder)
        self.assertFalse(run_mark.was_stopped_by_shutdown(self.folder))
        (self.folder / "stopped.json").write_text('{"bootId": "the one before"}')
        self.assertTrue(run_mark.was_stopped_by_shutdown(self.folder))
        run_mark.drop_stop(self.folder)
        self.assertFalse(run_mark.was_stopped_by_shutdown(self.folder))
