import os
import signal
import time
import unittest
from collections.abc import Callable

from runtime.failure import Failure
from runtime.interruption import ignore, shielded, watch


def in_child(act: Callable[[], None]) -> str:
    """Signals belong to a process: runs act in one of its own. What it came to: the code of a Failure, or "done"."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            act()
            os.write(writer, b"done")
        except Failure as failure:
            os.write(writer, failure.code.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        found = file.read()
    os.waitpid(child, 0)
    return found


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Interruption(unittest.TestCase):
    def test_a_signal_ends_a_run(self) -> None:
        def act() -> None:
            watch(None)
            stop()

        self.assertEqual(in_child(act), "stopped")

    def test_the_deadline_ends_a_run(self) -> None:
        def act() -> None:
            watch(0.01)
            time.sleep(60)

        self.assertEqual(in_child(act), "deadline")

    def test_a_second_signal_does_not_cut_what_tidies_up(self) -> None:
        def act() -> None:
            watch(None)
            try:
                stop()
            finally:
                stop()

        self.assertEqual(in_child(act), "stopped")

    def test_it_waits_for_the_end_of_what_must_not_be_cut(self) -> None:
        def act() -> None:
            watch(None)
            try:
                with shielded():
                    with shielded():
                        stop()
                    done.append("the block")
            except Failure as failure:
                raise Failure(f"{failure.code} after {done}", "", "", "") from None

        done: list[str] = []
        self.assertEqual(in_child(act), "stopped after ['the block']")

    def test_once_the_end_is_told_nothing_interrupts(self) -> None:
        def act() -> None:
            watch(0.01)
            ignore()
            stop()
            time.sleep(0.05)

        self.assertEqual(in_child(act), "done")
