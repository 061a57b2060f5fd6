import unittest
from typing import Any

from commands.deletion_guard import find_problem
from runtime import utc

NOW = utc.unix("2026-03-02T12:00:00Z")


def status(point_time: str) -> dict[str, object]:
    return {"lastVerified": {"time": "2026-03-02T11:00:00Z", "recoveryPoint": "p", "pointTime": point_time}}


class Problem(unittest.TestCase):
    def test_a_verified_point_that_is_young_enough_is_enough(self) -> None:
        self.assertIsNone(find_problem(status("2026-03-02T11:00:00Z"), "offsite", 3600, NOW))

    def test_the_age_of_the_point_counts_and_not_that_of_its_verification(self) -> None:
        problem = find_problem(status("2026-03-02T10:59:59Z"), "offsite", 3600, NOW)
        self.assertEqual(
            problem, 'the last verified recovery point in target "offsite" is of 2026-03-02T10:59:59Z, 1.0 h old, and its policy allows 1.0 h'
        )

    def test_without_a_verified_point_there_is_nothing_to_have_back(self) -> None:
        statuses: list[dict[str, Any]] = [{}, {"lastVerified": None}, {"lastVerified": {}}]
        for found in statuses:
            self.assertEqual(find_problem(found, "offsite", 3600, NOW), 'target "offsite" has no verified recovery point of it')
