import os
import signal
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from runtime.interruption import watch
from runtime.lease import lease
from scheduling import turn as turns
from scheduling.turn import turn


class Turns(unittest.TestCase):
    """Each run is a thread: a lock belongs to an open file, and not to a process."""

    def setUp(self) -> None:
        folder = Path(self.enter(tempfile.TemporaryDirectory()))
        self.limits = folder / "limits"
        for place, path in (("runtime.lease.RUN", folder), ("scheduling.turn.RUN", folder), ("scheduling.turn.LIMITS", self.limits)):
            self.enter(mock.patch(place, path))
        self.enter(mock.patch("scheduling.turn._LOOK_SECONDS", 0.01))
        self.lock = threading.Lock()
        self.running: list[str] = []
        self.most = 0
        self.order: list[str] = []

    def enter(self, context: Any) -> Any:
        stack = ExitStack()
        self.addCleanup(stack.close)
        return stack.enter_context(context)

    def allow(self, owner: str, text: str) -> None:
        self.limits.mkdir(exist_ok=True)
        (self.limits / owner).write_text(text)

    def start(self, name: str, leases: list[str], go: threading.Event, on_wait: Callable[[], None] = lambda: None) -> threading.Thread:
        def run() -> None:
            with turn(leases, on_wait):
                with self.lock:
                    self.running.append(name)
                    self.order.append(name)
                    self.most = max(self.most, len(self.running))
                go.wait(60)
                with self.lock:
                    self.running.remove(name)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def await_running(self, *names: str) -> None:
        end = time.monotonic() + 60
        while sorted(self.running) != sorted(names):
            self.assertLess(time.monotonic(), end, self.running)
            time.sleep(0.005)

    def test_at_most_the_limit_goes_and_all_come_to_their_turn(self) -> None:
        go = threading.Event()
        waited: list[str] = []
        threads = [self.start(f"run {n}", [f"backup-{n}"], go, lambda: waited.append("")) for n in range(8)]
        end = time.monotonic() + 60
        # One that comes while another one looks waits for a moment too.
        while len(waited) < 6 or len(self.running) < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)
        go.set()
        for each in threads:
            each.join(60)
        self.assertEqual((self.most, len(self.order)), (2, 8))

    def test_the_lowest_limit_of_the_stacks_on_a_host_counts(self) -> None:
        self.assertEqual(turns.limit(), 2)
        self.allow("one", "5\n")
        self.assertEqual(turns.limit(), 5)
        self.allow("other", "3\n")
        self.allow("broken", "")
        self.assertEqual(turns.limit(), 3)

    def test_a_changed_limit_counts_for_who_waits_and_for_what_still_runs(self) -> None:
        self.allow("one", "3\n")
        first, others, last = threading.Event(), threading.Event(), threading.Event()
        threads = [self.start("a", ["backup-a"], first)]
        self.await_running("a")
        threads += [self.start(name, [f"backup-{name}"], others) for name in "bc"]
        self.await_running("a", "b", "c")
        threads.append(self.start("d", ["backup-d"], last))
        self.allow("one", "2\n")
        first.set()
        self.await_running("b", "c")
        # A slot is free, and as many run as may.
        time.sleep(0.1)
        self.assertEqual(sorted(self.running), ["b", "c"])
        self.allow("one", "3\n")
        self.await_running("b", "c", "d")
        others.set()
        last.set()
        for each in threads:
            each.join(60)

    def test_a_run_whose_lease_others_have_lets_the_next_one_go_first(self) -> None:
        self.allow("one", "1\n")
        go = threading.Event()
        with lease("backup-a", "a backup by hand"):
            threads = [self.start("a", ["backup-a"], go)]
            threads.append(self.start("b", ["backup-b"], go))
            self.await_running("b")
        go.set()
        for each in threads:
            each.join(60)
        self.assertEqual((self.order, self.most), (["b", "a"], 1))

    def test_two_runs_that_need_one_lease_never_have_two_slots(self) -> None:
        first, second = threading.Event(), threading.Event()
        threads = [self.start("prune", ["backup-a", "verify-a", "drill-a"], first)]
        self.await_running("prune")
        threads.append(self.start("drill", ["drill-a"], second))
        threads.append(self.start("other", ["backup-b"], second))
        self.await_running("prune", "other")
        first.set()
        self.await_running("drill", "other")
        second.set()
        for each in threads:
            each.join(60)

    def test_who_waits_can_be_stopped_and_leaves_the_queue(self) -> None:
        self.allow("one", "1\n")
        with turn(["backup-a"], self.fail):
            reader, writer = os.pipe()
            children = [self.waiting_child(writer, name) for name in ("backup-b", "backup-c")]
            self.assertEqual({os.read(reader, 1), os.read(reader, 1)}, {b"w"})
            for each in children:
                os.kill(each, signal.SIGTERM)
            for each in children:
                self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]), 3)
        with turn(["backup-c"], self.fail):
            pass

    def waiting_child(self, writer: int, name: str) -> int:
        child = os.fork()
        if child == 0:
            try:
                watch(None)
                with turn([name], lambda: self.tell(writer)):
                    os._exit(0)
            except BaseException:
                os._exit(3)
        return child

    def tell(self, writer: int) -> None:
        os.write(writer, b"w")
