import threading
import unittest

from runtime.interruption import shielded
from runtime.overtime import overtime


class Overtime(unittest.TestCase):
    def setUp(self) -> None:
        self.called = threading.Event()
        self.calls: list[str] = []

    def act(self) -> None:
        with shielded():
            self.calls.append("act")
        self.called.set()

    def test_it_is_called_once_while_the_block_goes_on(self) -> None:
        with overtime(0, self.act):
            self.assertTrue(self.called.wait(60))
            self.calls.append("block")
        self.assertEqual(self.calls, ["act", "block"])

    def test_a_block_that_ends_in_time_never_calls_it(self) -> None:
        with overtime(3600, self.act):
            pass
        with overtime(None, self.act):
            pass
        self.assertEqual((self.calls, threading.active_count()), ([], 1))

    def test_it_goes_by_its_clock_which_may_stand_still(self) -> None:
        now = 0.0
        with overtime(1, self.act, lambda: now):
            self.assertFalse(self.called.wait(0.2))
            now = 1
            self.assertTrue(self.called.wait(60))

    def test_at_the_end_of_the_block_it_is_over(self) -> None:
        goes_on = threading.Event()

        def act() -> None:
            goes_on.set()
            self.called.wait(0.1)
            self.calls.append("act")

        with self.assertRaises(ValueError), overtime(0, act):
            goes_on.wait(60)
            raise ValueError
        self.assertEqual(self.calls, ["act"])
