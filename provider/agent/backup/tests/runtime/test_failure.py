import unittest

from runtime.failure import Failure, failure_of, join_failures


class Failures(unittest.TestCase):
    def test_a_failure_is_itself(self) -> None:
        failure = Failure("full", "Cannot go on", "it is full", "Make room")
        self.assertIs(failure_of(failure), failure)
        self.assertEqual(failure.as_json(), {"code": "full", "summary": "Cannot go on", "detail": "it is full", "next": "Make room"})
        self.assertEqual(Failure.from_json(failure.as_json()).as_json(), failure.as_json())
        self.assertEqual(str(failure), "Cannot go on: it is full\nMake room")

    def test_an_error_of_the_system_is_told_from_a_bug(self) -> None:
        self.assertEqual(failure_of(OSError(5, "Input/output error")).code, "system")
        self.assertEqual(failure_of(ModuleNotFoundError("No module named 'pyfuse3'")).code, "tool")
        self.assertEqual((failure_of(KeyError("a")).code, failure_of(KeyError("a")).detail), ("bug", "KeyError: 'a'"))

    def test_every_text_is_changed_and_the_code_is_not(self) -> None:
        failure = Failure("pw", "a pw", "b pw", "c pw").mapped(lambda text: text.replace("pw", "***"))
        self.assertEqual((failure.code, failure.summary, failure.detail, failure.next), ("pw", "a ***", "b ***", "c ***"))

    def test_of_several_the_first_counts_and_the_rest_is_told(self) -> None:
        failures = [Failure("hook", "Cannot run it", "it failed", "Repair it"), Failure("full", "Cannot go on", "it is full", "Make room")]
        joined = join_failures(failures, "no recovery point was made")
        self.assertEqual((joined.code, joined.summary, joined.next), ("hook", "Cannot run it", "Repair it"))
        self.assertEqual(joined.detail, "it failed; no recovery point was made; Cannot go on: it is full")
