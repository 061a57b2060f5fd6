import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from runtime.failure import Failure
from runtime.interruption import watch
from runtime.lease import lease
from tests.runtime.test_interruption import in_child


class Leases(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        run = mock.patch("runtime.lease.RUN", Path(folder.name))
        run.start()
        self.addCleanup(run.stop)

    def test_who_does_not_wait_long_enough_is_told_who_has_it(self) -> None:
        with lease("backup-a", "a backup of volume a"), self.assertRaises(Failure) as caught, lease("backup-a", "another", 0.05):
            pass
        self.assertEqual(caught.exception.code, "busy")
        self.assertIn("a backup of volume a (process ", caught.exception.detail)

    def test_who_waits_for_as_long_as_it_takes_does_so_off_the_clock(self) -> None:
        def act() -> None:
            release = threading.Event()
            threading.Thread(target=self.hold_for, args=(0.8, release)).start()
            release.wait(60)
            watch(0.5)
            with lease("backup-a", "a backup of volume a", None):
                pass
            # It has not used up what it had left, and goes on from there.
            time.sleep(0.1)
            try:
                time.sleep(60)
            except Failure as failure:
                raise Failure(f"{failure.code} after the wait", "", "", "") from None

        self.assertEqual(in_child(act), "deadline after the wait")

    def hold_for(self, seconds: float, held: threading.Event) -> None:
        with lease("backup-a", "another"):
            held.set()
            time.sleep(seconds)
