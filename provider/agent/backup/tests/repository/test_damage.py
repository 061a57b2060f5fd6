import unittest

from repository.damage import confirmed
from runtime.failure import Failure


def reader(*answers: str | None):
    """Fails with each code in turn; None for a good answer. Counts what is left."""
    left = list(answers)

    def read() -> int:
        code = left.pop(0)
        if code is not None:
            raise Failure(code, "Cannot read it", "", "")
        return len(left)

    return read, left


class SecondReading(unittest.TestCase):
    def test_what_is_good_the_second_time_is_not_damaged(self) -> None:
        for code in ("damaged", "mismatch"):
            read, _ = reader(code, None)
            self.assertEqual(confirmed(read), 0)

    def test_what_is_wrong_twice_is_damaged(self) -> None:
        read, left = reader("mismatch", "damaged", None)
        with self.assertRaises(Failure) as caught:
            confirmed(read)
        self.assertEqual((caught.exception.code, len(left)), ("damaged", 1))

    def test_what_was_seen_in_two_ways_is_not_read_again(self) -> None:
        found = Failure("damaged", "Cannot read it", "", "")
        found.is_confirmed = True
        reads: list[None] = []

        def read() -> None:
            reads.append(None)
            raise found

        with self.assertRaises(Failure):
            confirmed(read)
        self.assertEqual(len(reads), 1)

    def test_a_network_error_the_second_time_is_what_the_failure_says(self) -> None:
        read, _ = reader("damaged", "unreachable")
        with self.assertRaises(Failure) as caught:
            confirmed(read)
        self.assertEqual(caught.exception.code, "unreachable")

    def test_nothing_else_is_read_again(self) -> None:
        read, left = reader("unreachable", None)
        with self.assertRaises(Failure):
            confirmed(read)
        self.assertEqual(len(left), 1)
